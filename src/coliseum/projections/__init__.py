"""What the log adds up to: rollups, treasury and mediaid in PostgreSQL, boards in Valkey."""
