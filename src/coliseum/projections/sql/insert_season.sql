-- $1 tenant, $2 metric, $3 kind, $4 grain, $5 start, $6 members, and of the first of them in the order of display:
-- $7 entities, $8 ranks, $9 scores
WITH season AS (
    INSERT INTO coliseum_seasons (tenant_id, metric, kind, grain, starts_at, members, kept)
    VALUES ($1, $2, $3, $4, $5, $6, cardinality($7::bigint[]))
)
INSERT INTO coliseum_leaderboards (tenant_id, metric, kind, grain, starts_at, place, rank, entity, score)
SELECT $1, $2, $3, $4, $5, m.place, m.rank, m.entity, m.score
FROM unnest($7::bigint[], $8::int[], $9::bigint[]) WITH ORDINALITY AS m (entity, rank, score, place)
