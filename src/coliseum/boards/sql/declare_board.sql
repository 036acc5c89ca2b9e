-- A revision is the time in milliseconds, or one more than the last: so it rises also across a removal.
INSERT INTO coliseum_boards AS b (tenant_id, name, declaration, revision)
VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
ON CONFLICT (tenant_id, name) DO UPDATE
SET declaration = excluded.declaration, revision = greatest(b.revision + 1, excluded.revision), changed_at = now()
RETURNING declaration, revision, created_at, changed_at
