"""The routes that Litestar serves."""
