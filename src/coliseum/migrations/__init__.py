"""The schema, as numbered files; ``coliseum.migrate`` applies them."""
