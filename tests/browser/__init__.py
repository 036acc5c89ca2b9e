"""Pages in a real browser: one package, so that its browser is closed before the tests elsewhere begin."""
