"""The catalogue: artists, events, venues and tracks, as the newest catalogue entries of the log say."""
