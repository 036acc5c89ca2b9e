"""The command line's larger groups, one module each: thin, as the commands in ``coliseum.cli`` are."""
