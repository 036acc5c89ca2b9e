"""Recomputing every stored number from the log by a second, independent way, and saying where they differ."""
