-- What breakdowns are made of; dashboards, which keep questions for one; and links by which anybody sees them.

-- A metric's facts, each with the part that it is counted for and its bucket. by_what: 'all' (part is empty), 'entity'
-- (the entity's number), 'city' or 'genre' (as filters have them; null where there is none; once for each genre).
-- of_kind, spans, bill and filters as in coliseum_board_sums. bucket_grain null: bucket is null, too.
CREATE FUNCTION coliseum_breakdown(
    tenant int, stored_metric text, of_kind int, grains int[], sinces timestamptz[], untils timestamptz[], with_bill boolean,
    in_city text, of_genre text, at_event text, bucket_grain text, zone text, by_what text
) RETURNS TABLE (part text, bucket timestamptz, value bigint)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
WITH facts AS (
    SELECT r.bucket, r.entity, r.artist, r.event, r.city, r.value
    FROM unnest(grains, sinces, untils) AS s (grain, since, until)
    CROSS JOIN LATERAL coliseum_facts(tenant, stored_metric, of_kind, s.grain, s.since, s.until) AS r
    UNION ALL
    SELECT r.bucket, b.artist, b.artist::int, r.event, r.city, r.value
    FROM unnest(grains, sinces, untils) AS s (grain, since, until)
    CROSS JOIN LATERAL coliseum_facts(tenant, stored_metric, 2, s.grain, s.since, s.until) AS r
    JOIN coliseum_bills b ON b.tenant_id = tenant AND b.event = r.event
    WHERE with_bill
), placed AS (
    SELECT f.bucket, f.entity, f.value, coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM facts f
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
    WHERE (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
      AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
      AND (at_event IS NULL OR nv.id = at_event)
)
SELECT CASE by_what WHEN 'all' THEN '' WHEN 'entity' THEN p.entity::text WHEN 'city' THEN p.city WHEN 'genre' THEN g.genre END,
       CASE WHEN bucket_grain IS NOT NULL THEN coliseum_bucket(bucket_grain, p.bucket, zone) END,
       p.value
FROM placed p
LEFT JOIN LATERAL (
    SELECT DISTINCT u.genre FROM unnest(CASE WHEN by_what = 'genre' THEN p.genres END) AS u (genre)) AS g ON true;
END;

-- The same of different fans: one row for each part, bucket and fan whose sum there is above zero. by_what: 'all',
-- 'artist', 'event' or 'track' (the entity's number), 'city' or 'genre'. A bucket looks from its since to its until.
CREATE FUNCTION coliseum_breakdown_fans(
    tenant int, stored_metric text, by_what text, in_city text, of_genre text, at_event text,
    buckets timestamptz[], sinces timestamptz[], untils timestamptz[]
) RETURNS TABLE (part text, bucket timestamptz)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
WITH placed AS (
    SELECT w.bucket, f.fan, f.artist, f.event, f.track, f.value,
           coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM coliseum_fan_hours f
    JOIN unnest(buckets, sinces, untils) AS w (bucket, since, until)
        ON f.hour >= coalesce(w.since, '-infinity') AND f.hour < coalesce(w.until, 'infinity')
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
    WHERE f.tenant_id = tenant AND f.generation = coliseum_generation(tenant)
      AND f.metric = coliseum_metric(tenant, stored_metric)
      AND f.hour >= (SELECT coalesce(min(s.since), '-infinity') FROM unnest(sinces) AS s (since))
      AND f.hour < (SELECT coalesce(max(u.until), 'infinity') FROM unnest(untils) AS u (until))
      AND (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
      AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
      AND (at_event IS NULL OR nv.id = at_event)
), parted AS (
    SELECT CASE by_what WHEN 'all' THEN '' WHEN 'artist' THEN nullif(p.artist, 0)::text WHEN 'event' THEN nullif(p.event, 0)::text
                        WHEN 'track' THEN nullif(p.track, 0)::text WHEN 'city' THEN p.city WHEN 'genre' THEN g.genre END AS part,
           p.bucket, p.fan, p.value
    FROM placed p
    LEFT JOIN LATERAL (
    SELECT DISTINCT u.genre FROM unnest(CASE WHEN by_what = 'genre' THEN p.genres END) AS u (genre)) AS g ON true
)
SELECT d.part, d.bucket
FROM parted d
GROUP BY d.part, d.bucket, d.fan
HAVING sum(d.value) > 0;
END;

-- panels: [{"title", "question": {parameter: text}, "chart", "size"}, …], in the order in which they are shown.
CREATE TABLE dashboards_dashboards (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    dashboard_id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    panels jsonb NOT NULL CHECK (jsonb_typeof(panels) = 'array' AND jsonb_array_length(panels) <= 24
                                 AND octet_length(panels::text) <= 100000),
    revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, dashboard_id)
);

-- A public link: whoever knows its secret, of which only the digest is here, sees one dashboard or one panel's question.
-- Nothing is kept of who looks. One that was revoked stays, and opens nothing.
CREATE TABLE dashboards_shares (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    share_id bigint GENERATED ALWAYS AS IDENTITY,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    dashboard_id bigint,
    panel jsonb CHECK (octet_length(panel::text) <= 10000),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > created_at),
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, share_id),
    UNIQUE (tenant_id, digest),
    FOREIGN KEY (tenant_id, dashboard_id) REFERENCES dashboards_dashboards ON DELETE CASCADE,
    CHECK ((dashboard_id IS NULL) <> (panel IS NULL))
);
CREATE INDEX dashboards_shares_dashboard ON dashboards_shares (tenant_id, dashboard_id);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY['dashboards_dashboards', 'dashboards_shares']) AS name;
GRANT SELECT, INSERT, UPDATE, DELETE ON dashboards_dashboards TO coliseum_accounts;
GRANT SELECT, INSERT, UPDATE ON dashboards_shares TO coliseum_accounts;
GRANT SELECT ON dashboards_dashboards, dashboards_shares TO coliseum_app;
