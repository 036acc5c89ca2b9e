"""The read side: boards, series, explanations, statements. Reads for one tenant at a time."""
