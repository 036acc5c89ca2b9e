-- Generated from the migrations by `make generate`; it is read, never run.

CREATE TYPE public.passport_new_entry AS (
	id text,
	content_hash bytea,
	event_type text,
	value bigint,
	dna_influence integer,
	occurred_at timestamp with time zone,
	source text,
	subject_id bigint,
	session_id uuid,
	device_id uuid,
	entity_type text,
	entity_id text,
	artist_id text,
	event_id text,
	track_id text,
	city text,
	currency text,
	metadata text
);
CREATE TYPE public.passport_new_person AS (
	user_id text,
	subject_id bigint,
	key bytea,
	digest bytea
);
CREATE TYPE public.passport_new_personal AS (
	place integer,
	subject_id bigint,
	fields text
);
CREATE TABLE public.passport_entries (
    tenant_id integer NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    id text NOT NULL,
    subject_id bigint,
    session_id uuid,
    device_id uuid,
    event_type text NOT NULL,
    event_category text GENERATED ALWAYS AS (split_part(event_type, '.'::text, 1)) STORED NOT NULL,
    entity_type text,
    entity_id text,
    artist_id text,
    event_id text,
    track_id text,
    city text,
    currency text,
    value bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    source text NOT NULL,
    dna_influence integer NOT NULL,
    metadata jsonb NOT NULL
)
PARTITION BY RANGE (created_at);
ALTER TABLE ONLY public.passport_entries FORCE ROW LEVEL SECURITY;
CREATE TABLE public.processor_cursors (
    tenant_id integer NOT NULL,
    consumer text NOT NULL,
    generation smallint NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT processor_cursors_offset_check CHECK (("offset" >= 0))
);
ALTER TABLE ONLY public.processor_cursors FORCE ROW LEVEL SECURITY;
CREATE TABLE public.processor_dead_letters (
    tenant_id integer NOT NULL,
    consumer text NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    id text NOT NULL,
    event_type text NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL,
    first_at timestamp with time zone DEFAULT now() NOT NULL,
    last_at timestamp with time zone DEFAULT now() NOT NULL,
    asked_at timestamp with time zone,
    CONSTRAINT processor_dead_letters_attempts_check CHECK ((attempts > 0))
);
ALTER TABLE ONLY public.processor_dead_letters FORCE ROW LEVEL SECURITY;
CREATE TABLE public.processor_units (
    tenant_id integer NOT NULL,
    consumer text NOT NULL,
    generation smallint DEFAULT 0 NOT NULL,
    edition bigint DEFAULT ((random() * ((2)::double precision ^ (40)::double precision)))::bigint NOT NULL,
    holder text,
    epoch bigint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.processor_units FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.coliseum_acts(tenant integer, of_kind text, of_ids text[], of_types text[]) RETURNS TABLE(partition integer, "offset" bigint, id text, event_type text, target text, fan bigint, occurred_at timestamp with time zone, created_at timestamp with time zone, value bigint, metadata jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT e.partition,
     e."offset",
     e.id,
     e.event_type,
     e.entity_id,
     e.subject_id,
     e.occurred_at,
     e.created_at,
     e.value,
     e.metadata
    FROM ((public.passport_entries e
      JOIN public.processor_units u ON (((u.tenant_id = coliseum_acts.tenant) AND (u.consumer = 'coliseum'::text))))
      JOIN public.processor_cursors c ON (((c.tenant_id = coliseum_acts.tenant) AND (c.consumer = 'coliseum'::text) AND (c.generation = u.generation) AND (c.partition = e.partition) AND (e."offset" < c."offset"))))
   WHERE ((e.tenant_id = coliseum_acts.tenant) AND (e.event_category = ANY (ARRAY['concierto'::text, 'social'::text])) AND (e.entity_id = ANY (coliseum_acts.of_ids)) AND (e.event_type = ANY (coliseum_acts.of_types)) AND (e.entity_type = coliseum_acts.of_kind) AND (e.subject_id IS NOT NULL) AND (NOT (EXISTS ( SELECT
            FROM public.processor_dead_letters d
           WHERE ((d.tenant_id = coliseum_acts.tenant) AND (d.consumer = 'coliseum'::text) AND (d.partition = e.partition) AND (d."offset" = e."offset"))))));
END;
CREATE FUNCTION public.coliseum_catalog_as_of(tenant integer, of_type text, partitions integer[], offsets bigint[]) RETURNS TABLE(id text, name text, picture text, city text, genres text[], venue_id text, artist_ids text[])
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT newest.id,
     (newest.metadata ->> 'name'::text),
     (newest.metadata ->> 'picture'::text),
     newest.city,
     ARRAY( SELECT jsonb_array_elements_text(COALESCE((newest.metadata -> 'genres'::text), '[]'::jsonb)) AS jsonb_array_elements_text) AS "array",
     (newest.metadata ->> 'venueId'::text),
     ARRAY( SELECT jsonb_array_elements_text(COALESCE((newest.metadata -> 'artistIds'::text), '[]'::jsonb)) AS jsonb_array_elements_text) AS "array"
    FROM ( SELECT DISTINCT ON (e.entity_id) e.entity_id AS id,
             e.city,
             e.metadata
            FROM (UNNEST(coliseum_catalog_as_of.partitions, coliseum_catalog_as_of.offsets) read(partition, upto)
              JOIN public.passport_entries e ON (((e.tenant_id = coliseum_catalog_as_of.tenant) AND (e.partition = read.partition) AND (e."offset" < read.upto))))
           WHERE ((e.event_category = 'catalog'::text) AND (e.event_type = coliseum_catalog_as_of.of_type) AND (NOT (EXISTS ( SELECT
                    FROM public.processor_dead_letters d
                   WHERE ((d.tenant_id = coliseum_catalog_as_of.tenant) AND (d.consumer = 'coliseum'::text) AND (d.partition = e.partition) AND (d."offset" = e."offset"))))))
           ORDER BY e.entity_id, e.occurred_at DESC, e.partition DESC, e."offset" DESC) newest;
END;
CREATE TABLE public.coliseum_rules (
    event_type text NOT NULL,
    metric text NOT NULL,
    kind text NOT NULL,
    measure text NOT NULL,
    money boolean NOT NULL,
    CONSTRAINT coliseum_rules_measure_check CHECK ((measure = ANY (ARRAY['value'::text, 'seconds'::text])))
);
CREATE VIEW public.coliseum_metrics WITH (security_invoker='true') AS
 SELECT tenant_id,
    partition,
    "offset",
    id,
    event_type,
    occurred_at,
    created_at,
    metric,
    kind,
    entity_id,
    artist_id,
    event_id,
    track_id,
    city,
    value
   FROM ( SELECT e.tenant_id,
            e.partition,
            e."offset",
            e.id,
            e.event_type,
            e.occurred_at,
            e.created_at,
                CASE
                    WHEN r.money THEN ((r.metric || ':'::text) || e.currency)
                    ELSE r.metric
                END AS metric,
                CASE
                    WHEN (r.kind <> 'target'::text) THEN r.kind
                    WHEN (e.entity_type = 'user'::text) THEN 'fan'::text
                    ELSE e.entity_type
                END AS kind,
                CASE r.kind
                    WHEN 'tenant'::text THEN ''::text
                    WHEN 'artist'::text THEN e.artist_id
                    WHEN 'event'::text THEN e.event_id
                    WHEN 'fan'::text THEN (e.subject_id)::text
                    WHEN 'track'::text THEN e.track_id
                    WHEN 'city'::text THEN e.city
                    WHEN 'target'::text THEN e.entity_id
                    ELSE NULL::text
                END AS entity_id,
                CASE
                    WHEN (r.kind = 'tenant'::text) THEN ''::text
                    ELSE COALESCE(e.artist_id, ''::text)
                END AS artist_id,
                CASE
                    WHEN (r.kind = 'tenant'::text) THEN ''::text
                    ELSE COALESCE(e.event_id, ''::text)
                END AS event_id,
                CASE
                    WHEN (r.kind = 'fan'::text) THEN COALESCE(e.track_id, ''::text)
                    ELSE ''::text
                END AS track_id,
                CASE
                    WHEN (r.kind = 'tenant'::text) THEN ''::text
                    ELSE COALESCE(e.city, ''::text)
                END AS city,
                CASE r.measure
                    WHEN 'value'::text THEN e.value
                    WHEN 'seconds'::text THEN (e.value * COALESCE(((e.metadata ->> 'durationSeconds'::text))::bigint, (0)::bigint))
                    ELSE NULL::bigint
                END AS value
           FROM (public.passport_entries e
             JOIN public.coliseum_rules r USING (event_type))) m
  WHERE ((entity_id IS NOT NULL) AND (value <> 0));
CREATE FUNCTION public.coliseum_counted_as_of(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, partitions integer[], offsets bigint[]) RETURNS TABLE(member text, counted_for text, partition integer, "offset" bigint, id text, event_type text, occurred_at timestamp with time zone, created_at timestamp with time zone, value bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH bills AS (
          SELECT DISTINCT e.id AS event,
             billed.artist
            FROM (public.coliseum_catalog_as_of(coliseum_counted_as_of.tenant, 'catalog.event'::text, coliseum_counted_as_of.partitions, coliseum_counted_as_of.offsets) e(id, name, picture, city, genres, venue_id, artist_ids)
              CROSS JOIN LATERAL unnest(e.artist_ids) billed(artist))
           WHERE (coliseum_counted_as_of.with_bill OR (coliseum_counted_as_of.of_genre IS NOT NULL))
         ), artists AS (
          SELECT a_1.id,
             a_1.city,
             a_1.genres
            FROM public.coliseum_catalog_as_of(coliseum_counted_as_of.tenant, 'catalog.artist'::text, coliseum_counted_as_of.partitions, coliseum_counted_as_of.offsets) a_1(id, name, picture, city, genres, venue_id, artist_ids)
           WHERE ((coliseum_counted_as_of.in_city IS NOT NULL) OR (coliseum_counted_as_of.of_genre IS NOT NULL))
         ), places AS (
          SELECT e.id AS event,
             COALESCE(e.city, v.city) AS city
            FROM (public.coliseum_catalog_as_of(coliseum_counted_as_of.tenant, 'catalog.event'::text, coliseum_counted_as_of.partitions, coliseum_counted_as_of.offsets) e(id, name, picture, city, genres, venue_id, artist_ids)
              LEFT JOIN public.coliseum_catalog_as_of(coliseum_counted_as_of.tenant, 'catalog.venue'::text, coliseum_counted_as_of.partitions, coliseum_counted_as_of.offsets) v(id, name, picture, city, genres, venue_id, artist_ids) ON ((v.id = e.venue_id)))
           WHERE (coliseum_counted_as_of.in_city IS NOT NULL)
         ), of_that_genre AS (
          SELECT DISTINCT b.event
            FROM (bills b
              JOIN artists a_1 ON ((a_1.id = b.artist)))
           WHERE (coliseum_counted_as_of.of_genre = ANY (a_1.genres))
         ), counted AS (
          SELECT m.partition,
             m."offset",
             m.id,
             m.event_type,
             m.occurred_at,
             m.created_at,
             m.value,
             m.entity_id AS counted_for,
             m.event_id,
             m.city,
                 CASE
                     WHEN coliseum_counted_as_of.with_bill THEN b.artist
                     WHEN coliseum_counted_as_of.fans THEN
                     CASE coliseum_counted_as_of.of_kind
                         WHEN 0 THEN ''::text
                         WHEN 1 THEN m.artist_id
                         WHEN 2 THEN m.event_id
                         WHEN 4 THEN m.track_id
                         ELSE NULL::text
                     END
                     ELSE m.entity_id
                 END AS member,
                 CASE
                     WHEN coliseum_counted_as_of.with_bill THEN b.artist
                     ELSE m.artist_id
                 END AS by_artist
            FROM ((UNNEST(coliseum_counted_as_of.partitions, coliseum_counted_as_of.offsets) read(partition, upto)
              JOIN public.coliseum_metrics m ON (((m.tenant_id = coliseum_counted_as_of.tenant) AND (m.partition = read.partition) AND (m."offset" < read.upto))))
              LEFT JOIN bills b ON ((coliseum_counted_as_of.with_bill AND (b.event = m.event_id))))
           WHERE ((m.metric = coliseum_counted_as_of.stored_metric) AND (m.kind =
                 CASE
                     WHEN coliseum_counted_as_of.with_bill THEN 'event'::text
                     WHEN coliseum_counted_as_of.fans THEN 'fan'::text
                     ELSE (ARRAY['tenant'::text, 'artist'::text, 'event'::text, 'fan'::text, 'track'::text, 'city'::text, 'venue'::text, 'leaderboard'::text, 'report'::text])[(coliseum_counted_as_of.of_kind + 1)]
                 END) AND (m.partition = ANY (coliseum_counted_as_of.partitions)) AND (m."offset" < ( SELECT max(o.upto) AS max
                    FROM unnest(coliseum_counted_as_of.offsets) o(upto))) AND (m.occurred_at >= COALESCE(coliseum_counted_as_of.since, '-infinity'::timestamp with time zone)) AND (m.occurred_at < COALESCE(coliseum_counted_as_of.until, 'infinity'::timestamp with time zone)) AND (m.value <> 0) AND (NOT (EXISTS ( SELECT
                    FROM public.processor_dead_letters d
                   WHERE ((d.tenant_id = coliseum_counted_as_of.tenant) AND (d.consumer = 'coliseum'::text) AND (d.partition = m.partition) AND (d."offset" = m."offset"))))))
         )
  SELECT c.member,
     c.counted_for,
     c.partition,
     c."offset",
     c.id,
     c.event_type,
     c.occurred_at,
     c.created_at,
     c.value
    FROM (((counted c
      LEFT JOIN artists a ON ((a.id = c.by_artist)))
      LEFT JOIN places p ON ((p.event = c.event_id)))
      LEFT JOIN of_that_genre g ON ((g.event = c.event_id)))
   WHERE ((c.member IS NOT NULL) AND ((coliseum_counted_as_of.at_event IS NULL) OR (c.event_id = coliseum_counted_as_of.at_event)) AND ((coliseum_counted_as_of.in_city IS NULL) OR (COALESCE(NULLIF(c.city, ''::text), p.city, a.city) = coliseum_counted_as_of.in_city)) AND ((coliseum_counted_as_of.of_genre IS NULL) OR
         CASE
             WHEN (a.id IS NULL) THEN (g.event IS NOT NULL)
             ELSE (coliseum_counted_as_of.of_genre = ANY (a.genres))
         END));
END;
CREATE TABLE public.coliseum_names (
    tenant_id integer NOT NULL,
    num bigint NOT NULL,
    kind text NOT NULL,
    id text NOT NULL
);
ALTER TABLE ONLY public.coliseum_names FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.coliseum_board_as_of(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, partitions integer[], offsets bigint[]) RETURNS TABLE(entity bigint, value bigint, last_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH counted AS (
          SELECT c.member,
             c.counted_for,
             c.value,
             c.occurred_at
            FROM public.coliseum_counted_as_of(coliseum_board_as_of.tenant, coliseum_board_as_of.stored_metric, coliseum_board_as_of.of_kind, coliseum_board_as_of.since, coliseum_board_as_of.until, coliseum_board_as_of.with_bill, coliseum_board_as_of.fans, coliseum_board_as_of.in_city, coliseum_board_as_of.of_genre, coliseum_board_as_of.at_event, coliseum_board_as_of.partitions, coliseum_board_as_of.offsets) c(member, counted_for, partition, "offset", id, event_type, occurred_at, created_at, value)
           WHERE (c.member <> ''::text)
         ), scores AS (
          SELECT c.member,
             (sum(c.value))::bigint AS value,
             max(c.occurred_at) AS last_at
            FROM counted c
           WHERE (NOT coliseum_board_as_of.fans)
           GROUP BY c.member
         UNION ALL
          SELECT u.member,
             count(*) AS count,
             NULL::timestamp with time zone
            FROM ( SELECT c.member
                    FROM counted c
                   WHERE coliseum_board_as_of.fans
                   GROUP BY c.member, c.counted_for
                  HAVING (sum(c.value) > (0)::numeric)) u
           GROUP BY u.member
         )
  SELECT (s.member)::bigint AS member,
     s.value,
     s.last_at
    FROM scores s
   WHERE (coliseum_board_as_of.of_kind = 3)
 UNION ALL
  SELECT n.num,
     s.value,
     s.last_at
    FROM (scores s
      JOIN public.coliseum_names n ON (((n.tenant_id = coliseum_board_as_of.tenant) AND (n.id = s.member) AND (n.kind = (ARRAY['tenant'::text, 'artist'::text, 'event'::text, 'fan'::text, 'track'::text, 'city'::text, 'venue'::text, 'leaderboard'::text, 'report'::text])[(coliseum_board_as_of.of_kind + 1)]))))
   WHERE (coliseum_board_as_of.of_kind <> 3);
END;
CREATE FUNCTION public.coliseum_generation(tenant integer) RETURNS smallint
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT processor_units.generation
    FROM public.processor_units
   WHERE ((processor_units.tenant_id = coliseum_generation.tenant) AND (processor_units.consumer = 'coliseum'::text));
END;
CREATE FUNCTION public.coliseum_metric(tenant integer, stored_metric text) RETURNS integer
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (coliseum_names.num)::integer AS num
    FROM public.coliseum_names
   WHERE ((coliseum_names.tenant_id = coliseum_metric.tenant) AND (coliseum_names.kind = 'metric'::text) AND (coliseum_names.id = coliseum_metric.stored_metric));
END;
CREATE TABLE public.catalog_artists (
    tenant_id integer NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    genres text[] NOT NULL,
    city text,
    country text,
    picture text,
    changed_at timestamp with time zone NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL
);
ALTER TABLE ONLY public.catalog_artists FORCE ROW LEVEL SECURITY;
CREATE TABLE public.catalog_events (
    tenant_id integer NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    venue_id text,
    city text,
    starts_at timestamp with time zone,
    capacity bigint,
    artist_ids text[] NOT NULL,
    picture text,
    changed_at timestamp with time zone NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL
);
ALTER TABLE ONLY public.catalog_events FORCE ROW LEVEL SECURITY;
CREATE TABLE public.catalog_venues (
    tenant_id integer NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    city text,
    country text,
    capacity bigint,
    picture text,
    changed_at timestamp with time zone NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL
);
ALTER TABLE ONLY public.catalog_venues FORCE ROW LEVEL SECURITY;
CREATE VIEW public.coliseum_artist_places WITH (security_invoker='true') AS
 SELECT a.tenant_id,
    n.num AS artist,
    a.city,
    a.genres
   FROM (public.catalog_artists a
     JOIN public.coliseum_names n ON (((n.tenant_id = a.tenant_id) AND (n.kind = 'artist'::text) AND (n.id = a.id))));
CREATE VIEW public.coliseum_bills WITH (security_invoker='true') AS
 SELECT DISTINCT e.tenant_id,
    ne.num AS event,
    na.num AS artist
   FROM (((public.catalog_events e
     CROSS JOIN LATERAL unnest(e.artist_ids) billed(id))
     JOIN public.coliseum_names ne ON (((ne.tenant_id = e.tenant_id) AND (ne.kind = 'event'::text) AND (ne.id = e.id))))
     JOIN public.coliseum_names na ON (((na.tenant_id = e.tenant_id) AND (na.kind = 'artist'::text) AND (na.id = billed.id))));
CREATE VIEW public.coliseum_event_places WITH (security_invoker='true') AS
 SELECT e.tenant_id,
    n.num AS event,
    COALESCE(e.city, v.city) AS city,
    ARRAY( SELECT DISTINCT g.genre
           FROM (public.catalog_artists a
             CROSS JOIN LATERAL unnest(a.genres) g(genre))
          WHERE ((a.tenant_id = e.tenant_id) AND (a.id = ANY (e.artist_ids)))) AS genres
   FROM ((public.catalog_events e
     JOIN public.coliseum_names n ON (((n.tenant_id = e.tenant_id) AND (n.kind = 'event'::text) AND (n.id = e.id))))
     LEFT JOIN public.catalog_venues v ON (((v.tenant_id = e.tenant_id) AND (v.id = e.venue_id))));
CREATE TABLE public.coliseum_fan_hours (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    metric integer NOT NULL,
    hour timestamp with time zone NOT NULL,
    fan bigint NOT NULL,
    artist integer NOT NULL,
    event integer NOT NULL,
    track integer NOT NULL,
    city integer NOT NULL,
    value bigint NOT NULL,
    last_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.coliseum_fan_hours FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.coliseum_board_fans(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, with_bill boolean, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, fans bigint)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 WITH done AS (
          SELECT f.fan,
             f.artist,
             f.event,
             f.track,
             f.city,
             f.value
            FROM public.coliseum_fan_hours f
           WHERE ((f.tenant_id = coliseum_board_fans.tenant) AND (f.generation = public.coliseum_generation(coliseum_board_fans.tenant)) AND (f.metric = public.coliseum_metric(coliseum_board_fans.tenant, coliseum_board_fans.stored_metric)) AND (f.hour >= COALESCE(coliseum_board_fans.since, '-infinity'::timestamp with time zone)) AND (f.hour < COALESCE(coliseum_board_fans.until, 'infinity'::timestamp with time zone)))
         ), facts AS (
          SELECT
                 CASE coliseum_board_fans.of_kind
                     WHEN 1 THEN d.artist
                     WHEN 2 THEN d.event
                     WHEN 4 THEN d.track
                     WHEN 5 THEN d.city
                     ELSE NULL::integer
                 END AS entity,
             d.fan,
             d.artist,
             d.event,
             d.city,
             d.value
            FROM done d
           WHERE (NOT coliseum_board_fans.with_bill)
         UNION ALL
          SELECT b.artist,
             d.fan,
             b.artist,
             d.event,
             d.city,
             d.value
            FROM (done d
              JOIN public.coliseum_bills b ON (((b.tenant_id = coliseum_board_fans.tenant) AND (b.event = d.event))))
           WHERE coliseum_board_fans.with_bill
         ), behind AS (
          SELECT f.entity,
             f.fan
            FROM ((((facts f
              LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_board_fans.tenant) AND (ap.artist = f.artist))))
              LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_board_fans.tenant) AND (ep.event = f.event))))
              LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_board_fans.tenant) AND (nc.num = f.city))))
              LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_board_fans.tenant) AND (nv.num = f.event))))
           WHERE ((f.entity <> 0) AND ((coliseum_board_fans.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_board_fans.in_city)) AND ((coliseum_board_fans.of_genre IS NULL) OR (coliseum_board_fans.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_board_fans.at_event IS NULL) OR (nv.id = coliseum_board_fans.at_event)))
           GROUP BY f.entity, f.fan
          HAVING (sum(f.value) > (0)::numeric)
         )
  SELECT behind.entity,
     count(*) AS count
    FROM behind
   GROUP BY behind.entity;
END;
CREATE TABLE public.coliseum_hours (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    metric integer NOT NULL,
    kind smallint NOT NULL,
    hour timestamp with time zone NOT NULL,
    entity integer NOT NULL,
    artist integer NOT NULL,
    event integer NOT NULL,
    city integer NOT NULL,
    value bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT coliseum_hours_exact CHECK (((value >= '-9007199254740992'::bigint) AND (value <= '9007199254740992'::bigint)))
)
WITH (fillfactor='70');
ALTER TABLE ONLY public.coliseum_hours FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_rollups (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    metric integer NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL,
    bucket timestamp with time zone NOT NULL,
    entity integer NOT NULL,
    artist integer NOT NULL,
    event integer NOT NULL,
    city integer NOT NULL,
    value bigint NOT NULL,
    last_at timestamp with time zone NOT NULL,
    CONSTRAINT coliseum_rollups_exact CHECK (((value >= '-9007199254740992'::bigint) AND (value <= '9007199254740992'::bigint))),
    CONSTRAINT coliseum_rollups_grain_check CHECK (((grain >= 0) AND (grain <= 3)))
)
WITH (fillfactor='70');
ALTER TABLE ONLY public.coliseum_rollups FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.coliseum_board_hours(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, with_bill boolean, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, bucket timestamp with time zone, value bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH facts AS NOT MATERIALIZED (
          SELECT r.kind,
             (r.entity)::bigint AS entity,
             r.bucket,
             r.artist,
             r.event,
             r.city,
             r.value
            FROM public.coliseum_rollups r
           WHERE ((r.tenant_id = coliseum_board_hours.tenant) AND (r.generation = ( SELECT public.coliseum_generation(coliseum_board_hours.tenant) AS coliseum_generation)) AND (r.metric = ( SELECT public.coliseum_metric(coliseum_board_hours.tenant, coliseum_board_hours.stored_metric) AS coliseum_metric)) AND (r.grain = 0) AND (r.bucket >= coliseum_board_hours.since) AND (r.bucket < coliseum_board_hours.until))
         UNION ALL
          SELECT i.kind,
             (i.entity)::bigint AS entity,
             i.hour,
             i.artist,
             i.event,
             i.city,
             i.value
            FROM public.coliseum_hours i
           WHERE ((i.tenant_id = coliseum_board_hours.tenant) AND (i.generation = ( SELECT public.coliseum_generation(coliseum_board_hours.tenant) AS coliseum_generation)) AND (i.metric = ( SELECT public.coliseum_metric(coliseum_board_hours.tenant, coliseum_board_hours.stored_metric) AS coliseum_metric)) AND (i.hour >= coliseum_board_hours.since) AND (i.hour < coliseum_board_hours.until))
         UNION ALL
          SELECT (3)::smallint AS int2,
             f.fan,
             f.hour,
             f.artist,
             f.event,
             f.city,
             f.value
            FROM public.coliseum_fan_hours f
           WHERE ((f.tenant_id = coliseum_board_hours.tenant) AND (f.generation = ( SELECT public.coliseum_generation(coliseum_board_hours.tenant) AS coliseum_generation)) AND (f.metric = ( SELECT public.coliseum_metric(coliseum_board_hours.tenant, coliseum_board_hours.stored_metric) AS coliseum_metric)) AND (f.hour >= coliseum_board_hours.since) AND (f.hour < coliseum_board_hours.until))
         ), counted AS NOT MATERIALIZED (
          SELECT x.entity,
             x.bucket,
             x.artist,
             x.event,
             x.city,
             x.value
            FROM facts x
           WHERE (x.kind = coliseum_board_hours.of_kind)
         UNION ALL
          SELECT b.artist,
             x.bucket,
             (b.artist)::integer AS artist,
             x.event,
             x.city,
             x.value
            FROM (facts x
              JOIN public.coliseum_bills b ON (((b.tenant_id = coliseum_board_hours.tenant) AND (b.event = x.event))))
           WHERE (coliseum_board_hours.with_bill AND (x.kind = 2))
         )
  SELECT c.entity,
     c.bucket,
     c.value
    FROM counted c
   WHERE ((coliseum_board_hours.in_city IS NULL) AND (coliseum_board_hours.of_genre IS NULL) AND (coliseum_board_hours.at_event IS NULL))
 UNION ALL
  SELECT c.entity,
     c.bucket,
     c.value
    FROM ((((counted c
      LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_board_hours.tenant) AND (ap.artist = c.artist))))
      LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_board_hours.tenant) AND (ep.event = c.event))))
      LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_board_hours.tenant) AND (nc.num = c.city))))
      LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_board_hours.tenant) AND (nv.num = c.event))))
   WHERE (((coliseum_board_hours.in_city IS NOT NULL) OR (coliseum_board_hours.of_genre IS NOT NULL) OR (coliseum_board_hours.at_event IS NOT NULL)) AND ((coliseum_board_hours.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_board_hours.in_city)) AND ((coliseum_board_hours.of_genre IS NULL) OR (coliseum_board_hours.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_board_hours.at_event IS NULL) OR (nv.id = coliseum_board_hours.at_event)));
END;
CREATE FUNCTION public.coliseum_board_pairs(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, fan bigint, value bigint)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 SELECT (
         CASE coliseum_board_pairs.of_kind
             WHEN 1 THEN f.artist
             WHEN 2 THEN f.event
             WHEN 4 THEN f.track
             ELSE NULL::integer
         END)::bigint AS entity,
     f.fan,
     (sum(f.value))::bigint AS value
    FROM ((((public.coliseum_fan_hours f
      LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_board_pairs.tenant) AND (ap.artist = f.artist))))
      LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_board_pairs.tenant) AND (ep.event = f.event))))
      LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_board_pairs.tenant) AND (nc.num = f.city))))
      LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_board_pairs.tenant) AND (nv.num = f.event))))
   WHERE ((f.tenant_id = coliseum_board_pairs.tenant) AND (f.generation = public.coliseum_generation(coliseum_board_pairs.tenant)) AND (f.metric = public.coliseum_metric(coliseum_board_pairs.tenant, coliseum_board_pairs.stored_metric)) AND (f.hour >= COALESCE(coliseum_board_pairs.since, '-infinity'::timestamp with time zone)) AND (f.hour < COALESCE(coliseum_board_pairs.until, 'infinity'::timestamp with time zone)) AND ((coliseum_board_pairs.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_board_pairs.in_city)) AND ((coliseum_board_pairs.of_genre IS NULL) OR (coliseum_board_pairs.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_board_pairs.at_event IS NULL) OR (nv.id = coliseum_board_pairs.at_event)) AND (
         CASE coliseum_board_pairs.of_kind
             WHEN 1 THEN f.artist
             WHEN 2 THEN f.event
             WHEN 4 THEN f.track
             ELSE NULL::integer
         END <> 0))
   GROUP BY ((
         CASE coliseum_board_pairs.of_kind
             WHEN 1 THEN f.artist
             WHEN 2 THEN f.event
             WHEN 4 THEN f.track
             ELSE NULL::integer
         END)::bigint), f.fan
  HAVING (sum(f.value) <> (0)::numeric);
END;
CREATE FUNCTION public.coliseum_facts(tenant integer, stored_metric text, of_kind integer, of_grain integer, since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(bucket timestamp with time zone, entity bigint, artist integer, event integer, city integer, value bigint, last_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT r.bucket,
     (r.entity)::bigint AS entity,
     r.artist,
     r.event,
     r.city,
     r.value,
     r.last_at
    FROM public.coliseum_rollups r
   WHERE ((r.tenant_id = coliseum_facts.tenant) AND (r.generation = ( SELECT public.coliseum_generation(coliseum_facts.tenant) AS coliseum_generation)) AND (r.metric = ( SELECT public.coliseum_metric(coliseum_facts.tenant, coliseum_facts.stored_metric) AS coliseum_metric)) AND (r.kind = coliseum_facts.of_kind) AND (r.grain = coliseum_facts.of_grain) AND (r.bucket >= COALESCE(coliseum_facts.since, '-infinity'::timestamp with time zone)) AND (r.bucket < COALESCE(coliseum_facts.until, 'infinity'::timestamp with time zone)))
 UNION ALL
  SELECT i.hour,
     (i.entity)::bigint AS entity,
     i.artist,
     i.event,
     i.city,
     i.value,
     i.last_at
    FROM public.coliseum_hours i
   WHERE ((i.tenant_id = coliseum_facts.tenant) AND (i.generation = ( SELECT public.coliseum_generation(coliseum_facts.tenant) AS coliseum_generation)) AND (i.metric = ( SELECT public.coliseum_metric(coliseum_facts.tenant, coliseum_facts.stored_metric) AS coliseum_metric)) AND (i.kind = coliseum_facts.of_kind) AND (i.hour >= COALESCE(coliseum_facts.since, '-infinity'::timestamp with time zone)) AND (i.hour < COALESCE(coliseum_facts.until, 'infinity'::timestamp with time zone)))
 UNION ALL
  SELECT f.hour,
     f.fan,
     f.artist,
     f.event,
     f.city,
     f.value,
     f.last_at
    FROM public.coliseum_fan_hours f
   WHERE ((coliseum_facts.of_kind = 3) AND (f.tenant_id = coliseum_facts.tenant) AND (f.generation = ( SELECT public.coliseum_generation(coliseum_facts.tenant) AS coliseum_generation)) AND (f.metric = ( SELECT public.coliseum_metric(coliseum_facts.tenant, coliseum_facts.stored_metric) AS coliseum_metric)) AND (f.hour >= COALESCE(coliseum_facts.since, '-infinity'::timestamp with time zone)) AND (f.hour < COALESCE(coliseum_facts.until, 'infinity'::timestamp with time zone)));
END;
CREATE FUNCTION public.coliseum_board_sums(tenant integer, stored_metric text, of_kind integer, grains integer[], sinces timestamp with time zone[], untils timestamp with time zone[], with_bill boolean, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, value bigint, last_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 WITH facts AS (
          SELECT r.entity,
             r.artist,
             r.event,
             r.city,
             r.value,
             r.last_at
            FROM (UNNEST(coliseum_board_sums.grains, coliseum_board_sums.sinces, coliseum_board_sums.untils) s(grain, since, until)
              CROSS JOIN LATERAL public.coliseum_facts(coliseum_board_sums.tenant, coliseum_board_sums.stored_metric, coliseum_board_sums.of_kind, s.grain, s.since, s.until) r(bucket, entity, artist, event, city, value, last_at))
         UNION ALL
          SELECT b.artist,
             b.artist,
             r.event,
             r.city,
             r.value,
             r.last_at
            FROM ((UNNEST(coliseum_board_sums.grains, coliseum_board_sums.sinces, coliseum_board_sums.untils) s(grain, since, until)
              CROSS JOIN LATERAL public.coliseum_facts(coliseum_board_sums.tenant, coliseum_board_sums.stored_metric, 2, s.grain, s.since, s.until) r(bucket, entity, artist, event, city, value, last_at))
              JOIN public.coliseum_bills b ON (((b.tenant_id = coliseum_board_sums.tenant) AND (b.event = r.event))))
           WHERE coliseum_board_sums.with_bill
         )
  SELECT f.entity,
     (sum(f.value))::bigint AS value,
     max(f.last_at) AS last_at
    FROM ((((facts f
      LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_board_sums.tenant) AND (ap.artist = f.artist))))
      LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_board_sums.tenant) AND (ep.event = f.event))))
      LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_board_sums.tenant) AND (nc.num = f.city))))
      LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_board_sums.tenant) AND (nv.num = f.event))))
   WHERE (((coliseum_board_sums.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_board_sums.in_city)) AND ((coliseum_board_sums.of_genre IS NULL) OR (coliseum_board_sums.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_board_sums.at_event IS NULL) OR (nv.id = coliseum_board_sums.at_event)))
   GROUP BY f.entity;
END;
CREATE FUNCTION public.coliseum_board_uniques(tenant integer, stored_metric text, of_kind integer, since timestamp with time zone, until timestamp with time zone, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, value bigint)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 SELECT p.entity,
     count(*) AS count
    FROM public.coliseum_board_pairs(coliseum_board_uniques.tenant, coliseum_board_uniques.stored_metric, coliseum_board_uniques.of_kind, coliseum_board_uniques.since, coliseum_board_uniques.until, coliseum_board_uniques.in_city, coliseum_board_uniques.of_genre, coliseum_board_uniques.at_event) p(entity, fan, value)
   WHERE (p.value > 0)
   GROUP BY p.entity;
END;
CREATE FUNCTION public.coliseum_board_scores(tenant integer, stored_metric text, of_kind integer, grains integer[], sinces timestamp with time zone[], untils timestamp with time zone[], with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, partitions integer[], offsets bigint[]) RETURNS TABLE(entity bigint, value bigint, last_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT s.entity,
     s.value,
     s.last_at
    FROM public.coliseum_board_sums(coliseum_board_scores.tenant, coliseum_board_scores.stored_metric, coliseum_board_scores.of_kind, coliseum_board_scores.grains, coliseum_board_scores.sinces, coliseum_board_scores.untils, coliseum_board_scores.with_bill, coliseum_board_scores.in_city, coliseum_board_scores.of_genre, coliseum_board_scores.at_event) s(entity, value, last_at)
   WHERE ((NOT coliseum_board_scores.fans) AND (coliseum_board_scores.partitions IS NULL) AND (s.value <> 0))
 UNION ALL
  SELECT u.entity,
     u.value,
     NULL::timestamp with time zone
    FROM public.coliseum_board_uniques(coliseum_board_scores.tenant, coliseum_board_scores.stored_metric, coliseum_board_scores.of_kind, (coliseum_board_scores.sinces)[1], (coliseum_board_scores.untils)[cardinality(coliseum_board_scores.untils)], coliseum_board_scores.in_city, coliseum_board_scores.of_genre, coliseum_board_scores.at_event) u(entity, value)
   WHERE (coliseum_board_scores.fans AND (coliseum_board_scores.partitions IS NULL) AND (u.value <> 0))
 UNION ALL
  SELECT a.entity,
     a.value,
     a.last_at
    FROM public.coliseum_board_as_of(coliseum_board_scores.tenant, coliseum_board_scores.stored_metric, coliseum_board_scores.of_kind, (coliseum_board_scores.sinces)[1], (coliseum_board_scores.untils)[cardinality(coliseum_board_scores.untils)], coliseum_board_scores.with_bill, coliseum_board_scores.fans, coliseum_board_scores.in_city, coliseum_board_scores.of_genre, coliseum_board_scores.at_event, coliseum_board_scores.partitions, coliseum_board_scores.offsets) a(entity, value, last_at)
   WHERE ((coliseum_board_scores.partitions IS NOT NULL) AND (a.value <> 0));
END;
CREATE FUNCTION public.coliseum_board_totals(tenant integer, stored_metric text, of_kind integer, of_grain integer, since timestamp with time zone, until timestamp with time zone, with_bill boolean, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, value bigint, last_at timestamp with time zone)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT s.entity,
     s.value,
     s.last_at
    FROM public.coliseum_board_sums(coliseum_board_totals.tenant, coliseum_board_totals.stored_metric, coliseum_board_totals.of_kind, ARRAY[coliseum_board_totals.of_grain], ARRAY[coliseum_board_totals.since], ARRAY[coliseum_board_totals.until], coliseum_board_totals.with_bill, coliseum_board_totals.in_city, coliseum_board_totals.of_genre, coliseum_board_totals.at_event) s(entity, value, last_at)
   WHERE (s.value <> 0);
END;
CREATE FUNCTION public.coliseum_bucket(grain text, instant timestamp with time zone, zone text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN ((grain <> 'hour'::text) AND (((date_trunc(grain, instant, zone) - '01:00:00'::interval) AT TIME ZONE zone) = (date_trunc(grain, instant, zone) AT TIME ZONE zone))) THEN (date_trunc(grain, instant, zone) - '01:00:00'::interval) ELSE date_trunc(grain, instant, zone) END;
CREATE FUNCTION public.coliseum_breakdown(tenant integer, stored_metric text, of_kind integer, grains integer[], sinces timestamp with time zone[], untils timestamp with time zone[], with_bill boolean, in_city text, of_genre text, at_event text, bucket_grain text, zone text, by_what text) RETURNS TABLE(part text, bucket timestamp with time zone, value bigint)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 WITH facts AS (
          SELECT r.bucket,
             r.entity,
             r.artist,
             r.event,
             r.city,
             r.value
            FROM (UNNEST(coliseum_breakdown.grains, coliseum_breakdown.sinces, coliseum_breakdown.untils) s(grain, since, until)
              CROSS JOIN LATERAL public.coliseum_facts(coliseum_breakdown.tenant, coliseum_breakdown.stored_metric, coliseum_breakdown.of_kind, s.grain, s.since, s.until) r(bucket, entity, artist, event, city, value, last_at))
         UNION ALL
          SELECT r.bucket,
             b.artist,
             (b.artist)::integer AS artist,
             r.event,
             r.city,
             r.value
            FROM ((UNNEST(coliseum_breakdown.grains, coliseum_breakdown.sinces, coliseum_breakdown.untils) s(grain, since, until)
              CROSS JOIN LATERAL public.coliseum_facts(coliseum_breakdown.tenant, coliseum_breakdown.stored_metric, 2, s.grain, s.since, s.until) r(bucket, entity, artist, event, city, value, last_at))
              JOIN public.coliseum_bills b ON (((b.tenant_id = coliseum_breakdown.tenant) AND (b.event = r.event))))
           WHERE coliseum_breakdown.with_bill
         ), placed AS (
          SELECT f.bucket,
             f.entity,
             f.value,
             COALESCE(nc.id, ep.city, ap.city) AS city,
             COALESCE(ap.genres, ep.genres) AS genres
            FROM ((((facts f
              LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_breakdown.tenant) AND (ap.artist = f.artist))))
              LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_breakdown.tenant) AND (ep.event = f.event))))
              LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_breakdown.tenant) AND (nc.num = f.city))))
              LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_breakdown.tenant) AND (nv.num = f.event))))
           WHERE (((coliseum_breakdown.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_breakdown.in_city)) AND ((coliseum_breakdown.of_genre IS NULL) OR (coliseum_breakdown.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_breakdown.at_event IS NULL) OR (nv.id = coliseum_breakdown.at_event)))
         )
  SELECT
         CASE coliseum_breakdown.by_what
             WHEN 'all'::text THEN ''::text
             WHEN 'entity'::text THEN (p.entity)::text
             WHEN 'city'::text THEN p.city
             WHEN 'genre'::text THEN g.genre
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN (coliseum_breakdown.bucket_grain IS NOT NULL) THEN public.coliseum_bucket(coliseum_breakdown.bucket_grain, p.bucket, coliseum_breakdown.zone)
             ELSE NULL::timestamp with time zone
         END AS "case",
     p.value
    FROM (placed p
      LEFT JOIN LATERAL ( SELECT DISTINCT u.genre
            FROM unnest(
                 CASE
                     WHEN (coliseum_breakdown.by_what = 'genre'::text) THEN p.genres
                     ELSE NULL::text[]
                 END) u(genre)) g ON (true));
END;
CREATE FUNCTION public.coliseum_breakdown_fans(tenant integer, stored_metric text, by_what text, in_city text, of_genre text, at_event text, buckets timestamp with time zone[], sinces timestamp with time zone[], untils timestamp with time zone[]) RETURNS TABLE(part text, bucket timestamp with time zone)
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 WITH placed AS (
          SELECT w.bucket,
             f.fan,
             f.artist,
             f.event,
             f.track,
             f.value,
             COALESCE(nc.id, ep.city, ap.city) AS city,
             COALESCE(ap.genres, ep.genres) AS genres
            FROM (((((public.coliseum_fan_hours f
              JOIN UNNEST(coliseum_breakdown_fans.buckets, coliseum_breakdown_fans.sinces, coliseum_breakdown_fans.untils) w(bucket, since, until) ON (((f.hour >= COALESCE(w.since, '-infinity'::timestamp with time zone)) AND (f.hour < COALESCE(w.until, 'infinity'::timestamp with time zone)))))
              LEFT JOIN public.coliseum_artist_places ap ON (((ap.tenant_id = coliseum_breakdown_fans.tenant) AND (ap.artist = f.artist))))
              LEFT JOIN public.coliseum_event_places ep ON (((ep.tenant_id = coliseum_breakdown_fans.tenant) AND (ep.event = f.event))))
              LEFT JOIN public.coliseum_names nc ON (((nc.tenant_id = coliseum_breakdown_fans.tenant) AND (nc.num = f.city))))
              LEFT JOIN public.coliseum_names nv ON (((nv.tenant_id = coliseum_breakdown_fans.tenant) AND (nv.num = f.event))))
           WHERE ((f.tenant_id = coliseum_breakdown_fans.tenant) AND (f.generation = public.coliseum_generation(coliseum_breakdown_fans.tenant)) AND (f.metric = public.coliseum_metric(coliseum_breakdown_fans.tenant, coliseum_breakdown_fans.stored_metric)) AND (f.hour >= ( SELECT COALESCE(min(s.since), '-infinity'::timestamp with time zone) AS "coalesce"
                    FROM unnest(coliseum_breakdown_fans.sinces) s(since))) AND (f.hour < ( SELECT COALESCE(max(u.until), 'infinity'::timestamp with time zone) AS "coalesce"
                    FROM unnest(coliseum_breakdown_fans.untils) u(until))) AND ((coliseum_breakdown_fans.in_city IS NULL) OR (COALESCE(nc.id, ep.city, ap.city) = coliseum_breakdown_fans.in_city)) AND ((coliseum_breakdown_fans.of_genre IS NULL) OR (coliseum_breakdown_fans.of_genre = ANY (COALESCE(ap.genres, ep.genres)))) AND ((coliseum_breakdown_fans.at_event IS NULL) OR (nv.id = coliseum_breakdown_fans.at_event)))
         ), parted AS (
          SELECT
                 CASE coliseum_breakdown_fans.by_what
                     WHEN 'all'::text THEN ''::text
                     WHEN 'artist'::text THEN (NULLIF(p.artist, 0))::text
                     WHEN 'event'::text THEN (NULLIF(p.event, 0))::text
                     WHEN 'track'::text THEN (NULLIF(p.track, 0))::text
                     WHEN 'city'::text THEN p.city
                     WHEN 'genre'::text THEN g.genre
                     ELSE NULL::text
                 END AS part,
             p.bucket,
             p.fan,
             p.value
            FROM (placed p
              LEFT JOIN LATERAL ( SELECT DISTINCT u.genre
                    FROM unnest(
                         CASE
                             WHEN (coliseum_breakdown_fans.by_what = 'genre'::text) THEN p.genres
                             ELSE NULL::text[]
                         END) u(genre)) g ON (true))
         )
  SELECT d.part,
     d.bucket
    FROM parted d
   GROUP BY d.part, d.bucket, d.fan
  HAVING (sum(d.value) > (0)::numeric);
END;
CREATE FUNCTION public.coliseum_entity_facts(tenant integer, stored_metric text, of_kind integer, of_entity bigint, of_grain integer, since timestamp with time zone, until timestamp with time zone) RETURNS TABLE(bucket timestamp with time zone, value bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT r.bucket,
     r.value
    FROM public.coliseum_rollups r
   WHERE ((r.tenant_id = coliseum_entity_facts.tenant) AND (r.generation = public.coliseum_generation(coliseum_entity_facts.tenant)) AND (r.kind = coliseum_entity_facts.of_kind) AND (r.entity = coliseum_entity_facts.of_entity) AND (r.metric = public.coliseum_metric(coliseum_entity_facts.tenant, coliseum_entity_facts.stored_metric)) AND (r.grain = coliseum_entity_facts.of_grain) AND (r.bucket >= coliseum_entity_facts.since) AND (r.bucket < coliseum_entity_facts.until))
 UNION ALL
  SELECT i.hour,
     i.value
    FROM public.coliseum_hours i
   WHERE ((i.tenant_id = coliseum_entity_facts.tenant) AND (i.generation = public.coliseum_generation(coliseum_entity_facts.tenant)) AND (i.metric = public.coliseum_metric(coliseum_entity_facts.tenant, coliseum_entity_facts.stored_metric)) AND (i.kind = coliseum_entity_facts.of_kind) AND (i.entity = coliseum_entity_facts.of_entity) AND (i.hour >= coliseum_entity_facts.since) AND (i.hour < coliseum_entity_facts.until))
 UNION ALL
  SELECT f.hour,
     f.value
    FROM public.coliseum_fan_hours f
   WHERE ((coliseum_entity_facts.of_kind = 3) AND (f.tenant_id = coliseum_entity_facts.tenant) AND (f.generation = public.coliseum_generation(coliseum_entity_facts.tenant)) AND (f.fan = coliseum_entity_facts.of_entity) AND (f.metric = public.coliseum_metric(coliseum_entity_facts.tenant, coliseum_entity_facts.stored_metric)) AND (f.hour >= coliseum_entity_facts.since) AND (f.hour < coliseum_entity_facts.until));
END;
CREATE TABLE public.passport_heads (
    tenant_id integer NOT NULL,
    partition smallint NOT NULL,
    head bigint DEFAULT 0 NOT NULL,
    CONSTRAINT passport_heads_head_check CHECK ((head >= 0))
);
ALTER TABLE ONLY public.passport_heads FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.coliseum_first_received(tenant integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT min(e.created_at) AS min
    FROM (public.passport_heads h
      JOIN public.passport_entries e ON (((e.tenant_id = h.tenant_id) AND (e.partition = h.partition) AND (e."offset" = 0))))
   WHERE (h.tenant_id = coliseum_first_received.tenant);
END;
CREATE FUNCTION public.coliseum_protect(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant_only ON %s USING (tenant_id = coliseum_tenant()) '
                   'WITH CHECK (tenant_id = coliseum_tenant())', target);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', target);
END $$;
CREATE FUNCTION public.coliseum_protect_people(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY people_only ON %s TO coliseum_accounts USING (true) WITH CHECK (true)', target);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', target);
END $$;
CREATE FUNCTION public.coliseum_tie_order(value bigint, last_at timestamp with time zone, base timestamp with time zone, bits integer) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN CASE WHEN ((bits = 0) OR (abs(value) >= ((1)::bigint << (77 - bits)))) THEN (0)::bigint ELSE (div(((LEAST(GREATEST(floor((EXTRACT(epoch FROM (last_at - base)) * (1000)::numeric)), (0)::numeric), ((((1)::bigint << bits) - 1))::numeric))::bigint)::numeric, (CASE WHEN (abs(value) < ((1)::bigint << (53 - bits))) THEN 1 WHEN (abs(value) < ((1)::bigint << (61 - bits))) THEN 256 WHEN (abs(value) < ((1)::bigint << (69 - bits))) THEN 65536 ELSE 16777216 END)::numeric))::bigint END;
CREATE FUNCTION public.coliseum_ranked(tenant integer, stored_metric text, of_kind integer, grains integer[], sinces timestamp with time zone[], untils timestamp with time zone[], with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, base timestamp with time zone, bits integer, partitions integer[], offsets bigint[]) RETURNS TABLE(entity bigint, value bigint, tie bigint, rank bigint, dense bigint, place bigint, better bigint, members bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH ordered AS (
          SELECT s.entity,
             s.value,
             public.coliseum_tie_order(s.value, s.last_at, coliseum_ranked.base, coliseum_ranked.bits) AS tie
            FROM public.coliseum_board_scores(coliseum_ranked.tenant, coliseum_ranked.stored_metric, coliseum_ranked.of_kind, coliseum_ranked.grains, coliseum_ranked.sinces, coliseum_ranked.untils, coliseum_ranked.with_bill, coliseum_ranked.fans, coliseum_ranked.in_city, coliseum_ranked.of_genre, coliseum_ranked.at_event, coliseum_ranked.partitions, coliseum_ranked.offsets) s(entity, value, last_at)
         )
  SELECT o.entity,
     o.value,
     o.tie,
     rank() OVER same AS rank,
     dense_rank() OVER same AS dense_rank,
     row_number() OVER (ORDER BY o.value DESC, o.tie, o.entity) AS row_number,
     min(o.value) OVER (ORDER BY o.value DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS min,
     count(*) OVER () AS count
    FROM ordered o
   WINDOW same AS (ORDER BY o.value DESC);
END;
CREATE FUNCTION public.coliseum_tenant() RETURNS integer
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('coliseum.tenant'::text, true), ''::text))::integer;
CREATE FUNCTION public.coliseum_vote_counts(tenant integer, of_kind integer, of_entities bigint[], since timestamp with time zone, until timestamp with time zone, received_since timestamp with time zone, in_city text, of_genre text, at_event text) RETURNS TABLE(entity bigint, weights bigint[])
    LANGUAGE sql STABLE
    SET enable_nestloop TO 'off'
    BEGIN ATOMIC
 WITH wanted AS (
          SELECT n.num AS entity,
             n.id
            FROM (unnest(coliseum_vote_counts.of_entities) w(num)
              JOIN public.coliseum_names n ON (((n.tenant_id = coliseum_vote_counts.tenant) AND (n.num = w.num))))
         ), read AS (
          SELECT c_1.partition,
             c_1."offset"
            FROM (public.processor_units u
              JOIN public.processor_cursors c_1 USING (tenant_id, consumer, generation))
           WHERE ((u.tenant_id = coliseum_vote_counts.tenant) AND (u.consumer = 'coliseum'::text))
         ), counts AS (
          SELECT w.entity,
             abs(e.value) AS weight,
             (sum(sign((e.value)::double precision)))::bigint AS votes
            FROM ((((((public.passport_entries e
              JOIN wanted w ON ((w.id =
                 CASE coliseum_vote_counts.of_kind
                     WHEN 1 THEN e.artist_id
                     WHEN 2 THEN e.event_id
                     ELSE NULL::text
                 END)))
              JOIN read r ON (((r.partition = e.partition) AND (e."offset" < r."offset"))))
              LEFT JOIN public.processor_dead_letters d ON (((d.tenant_id = coliseum_vote_counts.tenant) AND (d.consumer = 'coliseum'::text) AND (d.partition = e.partition) AND (d."offset" = e."offset"))))
              LEFT JOIN public.catalog_artists a ON (((a.tenant_id = coliseum_vote_counts.tenant) AND (a.id = e.artist_id))))
              LEFT JOIN public.catalog_events v ON (((v.tenant_id = coliseum_vote_counts.tenant) AND (v.id = e.event_id))))
              LEFT JOIN public.catalog_venues p ON (((p.tenant_id = coliseum_vote_counts.tenant) AND (p.id = v.venue_id))))
           WHERE ((e.tenant_id = coliseum_vote_counts.tenant) AND (e.event_type IN ( SELECT coliseum_rules.event_type
                    FROM public.coliseum_rules
                   WHERE (coliseum_rules.metric = 'votes'::text))) AND (e.created_at >= COALESCE(coliseum_vote_counts.received_since, '-infinity'::timestamp with time zone)) AND (e.occurred_at >= COALESCE(coliseum_vote_counts.since, '-infinity'::timestamp with time zone)) AND (e.occurred_at < COALESCE(coliseum_vote_counts.until, 'infinity'::timestamp with time zone)) AND (d."offset" IS NULL) AND ((coliseum_vote_counts.at_event IS NULL) OR (e.event_id = coliseum_vote_counts.at_event)) AND ((coliseum_vote_counts.in_city IS NULL) OR (COALESCE(NULLIF(e.city, ''::text), v.city, p.city, a.city) = coliseum_vote_counts.in_city)) AND ((coliseum_vote_counts.of_genre IS NULL) OR (coliseum_vote_counts.of_genre = ANY (COALESCE(a.genres, ARRAY( SELECT g.genre
                    FROM (public.catalog_artists b
                      CROSS JOIN LATERAL unnest(b.genres) g(genre))
                   WHERE ((b.tenant_id = coliseum_vote_counts.tenant) AND (b.id = ANY (v.artist_ids)))))))))
           GROUP BY w.entity, (abs(e.value))
          HAVING (sum(sign((e.value)::double precision)) > (0)::double precision)
         )
  SELECT c.entity,
     array_agg(ARRAY[c.weight, c.votes] ORDER BY c.weight DESC) AS array_agg
    FROM counts c
   GROUP BY c.entity;
END;
CREATE FUNCTION public.hooks_message_id() RETURNS text
    LANGUAGE sql
    RETURN ((('msg_'::text || lpad(to_hex(((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint), 12, '0'::text)) || '7'::text) || substr(replace((gen_random_uuid())::text, '-'::text, ''::text), 14));
CREATE TABLE public.hooks_deliveries (
    tenant_id integer NOT NULL,
    delivery_id bigint NOT NULL,
    message_id text NOT NULL,
    endpoint_id bigint NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now(),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempted_at timestamp with time zone,
    ended_at timestamp with time zone,
    status smallint,
    failure text,
    duration_ms integer,
    CONSTRAINT hooks_deliveries_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT hooks_deliveries_check CHECK (((state = 'pending'::text) = (next_attempt_at IS NOT NULL))),
    CONSTRAINT hooks_deliveries_check1 CHECK (((state = 'pending'::text) = (ended_at IS NULL))),
    CONSTRAINT hooks_deliveries_check2 CHECK (((state <> 'delivered'::text) OR ((failure IS NULL) AND ((status >= 200) AND (status <= 299))))),
    CONSTRAINT hooks_deliveries_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT hooks_deliveries_failure_check CHECK ((failure = ANY (ARRAY['status'::text, 'redirect'::text, 'gone'::text, 'not_allowed'::text, 'dns'::text, 'connect'::text, 'tls'::text, 'timeout'::text, 'protocol'::text, 'secret'::text]))),
    CONSTRAINT hooks_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text, 'abandoned'::text]))),
    CONSTRAINT hooks_deliveries_status_check CHECK (((status >= 100) AND (status <= 999)))
);
ALTER TABLE ONLY public.hooks_deliveries FORCE ROW LEVEL SECURITY;
CREATE TABLE public.hooks_endpoints (
    tenant_id integer NOT NULL,
    endpoint_id bigint NOT NULL,
    url text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    topics text[] NOT NULL,
    boards jsonb DEFAULT '[]'::jsonb NOT NULL,
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_until timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    failing_since timestamp with time zone,
    disabled_at timestamp with time zone,
    disabled_reason text,
    CONSTRAINT hooks_endpoints_boards_check CHECK ((jsonb_typeof(boards) = 'array'::text)),
    CONSTRAINT hooks_endpoints_check CHECK (((previous_until IS NULL) = (previous_secret IS NULL))),
    CONSTRAINT hooks_endpoints_check1 CHECK (((disabled_at IS NULL) = (disabled_reason IS NULL))),
    CONSTRAINT hooks_endpoints_description_check CHECK ((length(description) <= 200)),
    CONSTRAINT hooks_endpoints_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['asked'::text, 'gone'::text, 'failing'::text]))),
    CONSTRAINT hooks_endpoints_topics_check CHECK ((((cardinality(topics) >= 1) AND (cardinality(topics) <= 20)) AND (topics <@ ARRAY['board.leader_changed'::text, 'season.ended'::text, 'threshold.reached'::text, 'dead_letter.added'::text, 'plan.changed'::text, 'key.revoked'::text, 'endpoint.disabled'::text]))),
    CONSTRAINT hooks_endpoints_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2048)))
);
ALTER TABLE ONLY public.hooks_endpoints FORCE ROW LEVEL SECURITY;
CREATE TABLE public.hooks_messages (
    tenant_id integer NOT NULL,
    message_id text NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT hooks_messages_message_id_check CHECK ((message_id ~ '^msg_[0-9a-f]{32}$'::text)),
    CONSTRAINT hooks_messages_payload_check CHECK ((octet_length((payload)::text) <= 30000))
);
ALTER TABLE ONLY public.hooks_messages FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.hooks_put(tenant integer, of_topic text, content jsonb, for_endpoints bigint[]) RETURNS text
    LANGUAGE sql
    BEGIN ATOMIC
 WITH told AS MATERIALIZED (
          SELECT e.endpoint_id
            FROM public.hooks_endpoints e
           WHERE ((e.tenant_id = hooks_put.tenant) AND (e.disabled_at IS NULL) AND
                 CASE
                     WHEN (hooks_put.for_endpoints IS NULL) THEN (hooks_put.of_topic = ANY (e.topics))
                     ELSE (e.endpoint_id = ANY (hooks_put.for_endpoints))
                 END)
          FOR KEY SHARE OF e
         ), message AS (
          INSERT INTO public.hooks_messages (tenant_id, message_id, topic, payload)  SELECT hooks_put.tenant AS tenant,
                     public.hooks_message_id() AS hooks_message_id,
                     hooks_put.of_topic AS of_topic,
                     hooks_put.content AS content
                   WHERE (EXISTS ( SELECT
                            FROM told))
           RETURNING hooks_messages.message_id
         ), deliveries AS (
          INSERT INTO public.hooks_deliveries (tenant_id, message_id, endpoint_id)  SELECT hooks_put.tenant AS tenant,
                     m_1.message_id,
                     t.endpoint_id
                    FROM (message m_1
                      CROSS JOIN told t)
         )
  SELECT m.message_id
    FROM message m;
END;
CREATE FUNCTION public.hooks_tell_key() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM hooks_put(NEW.tenant_id, 'key.revoked', jsonb_build_object(
        'keyId', NEW.key_id, 'name', NEW.name, 'kind', NEW.kind, 'prefix', NEW.prefix,
        'revokedAt', to_char(NEW.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), NULL);
    RETURN NULL;
END $$;
CREATE FUNCTION public.hooks_tell_plan() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM hooks_put(NEW.tenant_id, 'plan.changed', jsonb_build_object('from', OLD.plan, 'to', NEW.plan), NULL);
    RETURN NULL;
END $$;
CREATE FUNCTION public.passport_append(tenant integer, part smallint, received_at timestamp with time zone, people public.passport_new_person[], entries public.passport_new_entry[], personal public.passport_new_personal[]) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    first bigint;
    made bigint;
BEGIN
    IF cardinality(people) > 0 THEN
        PERFORM privacy_hold_people(tenant);
    END IF;
    UPDATE passport_heads SET head = head + cardinality(entries)
    WHERE tenant_id = tenant AND partition = part
    RETURNING head - cardinality(entries) INTO STRICT first;
    IF cardinality(people) > 0 THEN
        IF EXISTS (
            SELECT FROM unnest(people) AS p
            CROSS JOIN LATERAL (
                SELECT FROM privacy_suppressed f WHERE f.tenant_id = tenant AND f.digest = p.digest OFFSET 0
            ) suppressed
        ) THEN
            RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'one of these people was forgotten';
        END IF;
        INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE
        SELECT tenant, p.subject_id, p.user_id, p.key FROM unnest(people) AS p ORDER BY p.user_id COLLATE "C"
        ON CONFLICT (tenant_id, user_id) DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        -- The same person under the same number was stored by a neighbour, or by a try whose answer was lost.
        IF made < cardinality(people) AND EXISTS (
            SELECT FROM unnest(people) AS p
            CROSS JOIN LATERAL (
                SELECT s.subject_id FROM passport_subjects s
                WHERE s.tenant_id = tenant AND s.user_id = p.user_id OFFSET 0
            ) stored
            WHERE stored.subject_id <> p.subject_id
        ) THEN
            RAISE unique_violation USING TABLE = 'passport_subjects',
                MESSAGE = 'one of these people has another number';
        END IF;
    END IF;
    INSERT INTO passport_keys (tenant_id, id, content_hash, partition, "offset", received_at)
    SELECT tenant, e.id, e.content_hash, part, first + e.ordinality - 1, passport_append.received_at
    FROM unnest(entries) WITH ORDINALITY AS e ORDER BY e.id COLLATE "C";
    INSERT INTO passport_entries (
        tenant_id, partition, "offset", id, subject_id, session_id, device_id, event_type, entity_type, entity_id,
        artist_id, event_id, track_id, city, currency, value, occurred_at, created_at, source, dna_influence, metadata)
    SELECT tenant, part, first + e.ordinality - 1, e.id, e.subject_id, e.session_id, e.device_id, e.event_type,
           e.entity_type, e.entity_id, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value, e.occurred_at,
           passport_append.received_at, e.source, e.dna_influence, e.metadata::jsonb
    FROM unnest(entries) WITH ORDINALITY AS e;
    IF cardinality(personal) > 0 THEN
        INSERT INTO passport_personal (tenant_id, partition, "offset", subject_id, fields)
        SELECT tenant, part, first + p.place - 1, p.subject_id, p.fields::jsonb FROM unnest(personal) AS p;
    END IF;
    RETURN first;
END $$;
CREATE FUNCTION public.passport_make_partitions(since timestamp with time zone, ahead integer) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
DECLARE
    month timestamptz;
    name text;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', since, 'UTC'),
                                        date_trunc('month', since, 'UTC') + make_interval(months => ahead),
                                        interval '1 month') LOOP
        name := 'passport_entries_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM');
        IF to_regclass('public.' || name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF passport_entries FOR VALUES FROM (%L) TO (%L)',
                               name, month, month + interval '1 month');
                PERFORM coliseum_protect(name::regclass);
                RETURN NEXT name;
            EXCEPTION WHEN check_violation THEN
                NULL; -- the default partition took entries of this month already, and keeps the month
            END;
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION public.passport_store_people(tenant integer, people public.passport_new_person[]) RETURNS SETOF text
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM privacy_hold_people(tenant);
    -- A statement of its own, which sees everything that was committed before it began.
    RETURN QUERY
    INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE
    SELECT tenant, p.subject_id, p.user_id, p.key FROM unnest(people) AS p
    WHERE NOT EXISTS (SELECT FROM privacy_suppressed f WHERE f.tenant_id = tenant AND f.digest = p.digest)
    ORDER BY p.user_id COLLATE "C"
    ON CONFLICT (tenant_id, user_id) DO NOTHING
    RETURNING user_id;
END $$;
CREATE FUNCTION public.privacy_hold_people(tenant integer) RETURNS void
    LANGUAGE sql
    SET search_path TO 'public', 'pg_temp'
    AS $$SELECT pg_advisory_xact_lock_shared(1346981465, tenant)$$;
CREATE FUNCTION public.privacy_note_consent() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM passport_subjects s WHERE s.tenant_id = NEW.tenant_id AND s.subject_id = NEW.subject_id
    ) THEN
        RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'this number is nobody''s any more';
    END IF;
    INSERT INTO privacy_consents AS c (tenant_id, subject_id, purpose, granted, partition, "offset")
    VALUES (NEW.tenant_id, NEW.subject_id, NEW.metadata->>'purpose',
            (NEW.metadata->>'granted')::boolean AND NEW.metadata->>'source' <> 'gpc', NEW.partition, NEW."offset")
    ON CONFLICT (tenant_id, subject_id, purpose) DO UPDATE
    SET granted = excluded.granted, partition = excluded.partition, "offset" = excluded."offset"
    WHERE (c.partition, c."offset") < (excluded.partition, excluded."offset");
    RETURN NULL;
EXCEPTION WHEN foreign_key_violation THEN -- they became nobody in this very moment
    RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'this number is nobody''s any more';
END $$;
CREATE FUNCTION public.trail_refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TABLE public.accounts_identities (
    issuer text NOT NULL,
    foreign_subject text NOT NULL,
    person_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_identities_foreign_subject_check CHECK (((length(foreign_subject) >= 1) AND (length(foreign_subject) <= 255)))
);
ALTER TABLE ONLY public.accounts_identities FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_invitations (
    tenant_id integer NOT NULL,
    invitation_id bigint NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    secret_digest bytea NOT NULL,
    invited_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT accounts_invitations_check CHECK ((expires_at > created_at)),
    CONSTRAINT accounts_invitations_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
    CONSTRAINT accounts_invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'analyst'::text, 'viewer'::text])))
);
ALTER TABLE ONLY public.accounts_invitations FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_invitations ALTER COLUMN invitation_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_invitations_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_issuers (
    tenant_id integer NOT NULL,
    issuer text NOT NULL,
    audience text NOT NULL,
    jwks_url text,
    algorithms text[] NOT NULL,
    hs256_key bytea,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text DEFAULT 'oidc'::text NOT NULL,
    CONSTRAINT accounts_issuers_algorithms_check CHECK (((cardinality(algorithms) >= 1) AND (cardinality(algorithms) <= 5))),
    CONSTRAINT accounts_issuers_audience_check CHECK (((length(audience) >= 1) AND (length(audience) <= 255))),
    CONSTRAINT accounts_issuers_check CHECK (((jwks_url IS NULL) <> (hs256_key IS NULL))),
    CONSTRAINT accounts_issuers_issuer_check CHECK (((length(issuer) >= 8) AND (length(issuer) <= 255))),
    CONSTRAINT accounts_issuers_kind_check CHECK ((kind = ANY (ARRAY['oidc'::text, 'supabase'::text])))
);
ALTER TABLE ONLY public.accounts_issuers FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_keys (
    tenant_id integer NOT NULL,
    key_id bigint NOT NULL,
    kind text NOT NULL,
    secret_digest bytea NOT NULL,
    prefix text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    name text DEFAULT ''::text NOT NULL,
    scopes text[] DEFAULT '{write,read,admin}'::text[] NOT NULL,
    origins text[] DEFAULT '{}'::text[] NOT NULL,
    addresses text[] DEFAULT '{}'::text[] NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    created_by text DEFAULT ''::text NOT NULL,
    replaces bigint,
    CONSTRAINT accounts_keys_addresses_check CHECK ((cardinality(addresses) <= 50)),
    CONSTRAINT accounts_keys_browser CHECK (((kind = 'server'::text) OR (scopes = '{write}'::text[]))),
    CONSTRAINT accounts_keys_kind_check CHECK ((kind = ANY (ARRAY['server'::text, 'browser'::text]))),
    CONSTRAINT accounts_keys_name_check CHECK ((length(name) <= 100)),
    CONSTRAINT accounts_keys_origins_check CHECK ((cardinality(origins) <= 50)),
    CONSTRAINT accounts_keys_scopes_check CHECK (((scopes <@ '{write,read,admin}'::text[]) AND ((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 3))))
);
ALTER TABLE ONLY public.accounts_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_keys ALTER COLUMN key_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_keys_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_links (
    secret_digest bytea NOT NULL,
    purpose text NOT NULL,
    person_id bigint NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT accounts_links_check CHECK ((expires_at > created_at)),
    CONSTRAINT accounts_links_purpose_check CHECK ((purpose = ANY (ARRAY['verify_email'::text, 'reset_password'::text])))
);
ALTER TABLE ONLY public.accounts_links FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_members (
    tenant_id integer NOT NULL,
    person_id bigint NOT NULL,
    role text NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'analyst'::text, 'viewer'::text])))
);
ALTER TABLE ONLY public.accounts_members FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_outbox (
    mail_id bigint NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT now() NOT NULL,
    last_error text
);
ALTER TABLE ONLY public.accounts_outbox FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_outbox ALTER COLUMN mail_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_outbox_mail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_people (
    person_id bigint NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text,
    password_changed_at timestamp with time zone,
    email_verified_at timestamp with time zone,
    totp_secret bytea,
    totp_confirmed_at timestamp with time zone,
    totp_counter bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    disabled_at timestamp with time zone,
    CONSTRAINT accounts_people_check CHECK (((totp_confirmed_at IS NULL) OR (totp_secret IS NOT NULL))),
    CONSTRAINT accounts_people_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
    CONSTRAINT accounts_people_name_check CHECK ((length(name) <= 100)),
    CONSTRAINT accounts_people_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);
ALTER TABLE ONLY public.accounts_people FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_people ALTER COLUMN person_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_people_person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_recovery_codes (
    person_id bigint NOT NULL,
    number smallint NOT NULL,
    code_hash text NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT accounts_recovery_codes_number_check CHECK (((number >= 1) AND (number <= 20)))
);
ALTER TABLE ONLY public.accounts_recovery_codes FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_refresh_tokens (
    token_digest bytea NOT NULL,
    session_id bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
ALTER TABLE ONLY public.accounts_refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_sessions (
    session_id bigint NOT NULL,
    person_id bigint NOT NULL,
    kind text NOT NULL,
    secret_digest bytea,
    created_at timestamp with time zone NOT NULL,
    authenticated_at timestamp with time zone NOT NULL,
    second_factor_at timestamp with time zone,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    address text NOT NULL,
    agent text NOT NULL,
    CONSTRAINT accounts_sessions_agent_check CHECK ((length(agent) <= 300)),
    CONSTRAINT accounts_sessions_check CHECK (((kind = 'cookie'::text) = (secret_digest IS NOT NULL))),
    CONSTRAINT accounts_sessions_check1 CHECK ((expires_at > created_at)),
    CONSTRAINT accounts_sessions_check2 CHECK (((end_reason IS NULL) = (ended_at IS NULL))),
    CONSTRAINT accounts_sessions_kind_check CHECK ((kind = ANY (ARRAY['cookie'::text, 'token'::text])))
);
ALTER TABLE ONLY public.accounts_sessions FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_sessions ALTER COLUMN session_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_sessions_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_signups (
    secret_digest bytea NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT accounts_signups_check CHECK ((expires_at > created_at)),
    CONSTRAINT accounts_signups_email_check CHECK (((email = lower(email)) AND ((length(email) >= 3) AND (length(email) <= 254)))),
    CONSTRAINT accounts_signups_name_check CHECK ((length(name) <= 100)),
    CONSTRAINT accounts_signups_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);
ALTER TABLE ONLY public.accounts_signups FORCE ROW LEVEL SECURITY;
CREATE TABLE public.accounts_tenants (
    tenant_id integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    partitions smallint DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    plan text DEFAULT 'basic'::text NOT NULL,
    allowed_origins text[] DEFAULT '{}'::text[] NOT NULL,
    retention_months smallint,
    consent_policy text DEFAULT 'legitimate_interest'::text NOT NULL,
    second_factor_required boolean DEFAULT false NOT NULL,
    suspended_at timestamp with time zone,
    revision bigint DEFAULT 1 NOT NULL,
    CONSTRAINT accounts_tenants_allowed_origins_check CHECK ((cardinality(allowed_origins) <= 50)),
    CONSTRAINT accounts_tenants_consent_policy_check CHECK ((consent_policy = ANY (ARRAY['legitimate_interest'::text, 'opt_in'::text]))),
    CONSTRAINT accounts_tenants_currency_check CHECK ((currency ~ '^[a-z]{3}$'::text)),
    CONSTRAINT accounts_tenants_partitions_check CHECK (((partitions >= 1) AND (partitions <= 64))),
    CONSTRAINT accounts_tenants_plan_check CHECK ((plan = ANY (ARRAY['basic'::text, 'pro'::text, 'enterprise'::text]))),
    CONSTRAINT accounts_tenants_retention_months_check CHECK (((retention_months >= 1) AND (retention_months <= 120))),
    CONSTRAINT accounts_tenants_revision_check CHECK ((revision > 0)),
    CONSTRAINT accounts_tenants_slug_check CHECK (((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text) AND (length(slug) <= 40)))
);
ALTER TABLE ONLY public.accounts_tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_tenants ALTER COLUMN tenant_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.accounts_tenants_tenant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE VIEW public.audit_facts WITH (security_invoker='true') AS
 SELECT e.tenant_id,
    e.partition,
    e."offset",
    e.occurred_at,
    c.metric,
    k.kind,
    k.entity_id,
        CASE
            WHEN (k.kind = 'tenant'::text) THEN ''::text
            ELSE COALESCE(e.artist_id, ''::text)
        END AS artist_id,
        CASE
            WHEN (k.kind = 'tenant'::text) THEN ''::text
            ELSE COALESCE(e.event_id, ''::text)
        END AS event_id,
        CASE
            WHEN (k.kind = 'fan'::text) THEN COALESCE(e.track_id, ''::text)
            ELSE ''::text
        END AS track_id,
        CASE
            WHEN (k.kind = 'tenant'::text) THEN ''::text
            ELSE COALESCE(e.city, ''::text)
        END AS city,
    c.amount
   FROM ((public.passport_entries e
     CROSS JOIN LATERAL ( SELECT 'views'::text AS "?column?",
            (1)::bigint AS int8,
            'tenant event'::text AS "?column?"
          WHERE (e.event_type = 'concierto.event_viewed'::text)
        UNION ALL
         SELECT 'interests'::text,
            1,
            'tenant event'::text
          WHERE (e.event_type = 'concierto.event_interested'::text)
        UNION ALL
         SELECT 'tickets'::text,
            ((e.metadata ->> 'quantity'::text))::bigint AS int8,
            'tenant event fan'::text
          WHERE (e.event_type = 'concierto.ticket_purchased'::text)
        UNION ALL
         SELECT 'attendance'::text,
            1,
            'tenant event fan city'::text
          WHERE (e.event_type = 'concierto.event_attended'::text)
        UNION ALL
         SELECT ('money_spent:'::text || e.currency),
            abs(e.value) AS abs,
            'tenant fan event artist'::text
          WHERE (e.event_type = 'treasury.money_spent'::text)
        UNION ALL
         SELECT ('money_spent:'::text || e.currency),
            (- abs(e.value)),
            'tenant fan event artist'::text
          WHERE (e.event_type = 'treasury.money_refunded'::text)
        UNION ALL
         SELECT ('money_earned:'::text || e.currency),
            abs(e.value) AS abs,
            'tenant fan event artist'::text
          WHERE (e.event_type = 'treasury.money_earned'::text)
        UNION ALL
         SELECT 'votes'::text,
            abs(e.value) AS abs,
            'tenant artist event fan'::text
          WHERE (e.event_type = 'coliseum.vote_cast'::text)
        UNION ALL
         SELECT 'votes'::text,
            (- abs(e.value)),
            'tenant artist event fan'::text
          WHERE (e.event_type = 'coliseum.vote_voided'::text)
        UNION ALL
         SELECT 'plays'::text,
            1,
            'tenant track artist fan'::text
          WHERE ((e.event_type = 'player.track_played'::text) AND (COALESCE(((e.metadata ->> 'durationSeconds'::text))::bigint, (30)::bigint) >= 30))
        UNION ALL
         SELECT 'seconds'::text,
            ((e.metadata ->> 'durationSeconds'::text))::bigint AS int8,
            'tenant track artist fan'::text
          WHERE ((e.event_type = 'player.track_played'::text) AND (((e.metadata ->> 'durationSeconds'::text))::bigint >= 30))
        UNION ALL
         SELECT 'favorites'::text,
            1,
            'tenant track artist'::text
          WHERE (e.event_type = 'player.track_favorited'::text)
        UNION ALL
         SELECT 'favorites'::text,
            '-1'::integer,
            'tenant track artist'::text
          WHERE (e.event_type = 'player.track_unfavorited'::text)
        UNION ALL
         SELECT 'follows'::text,
            1,
            'tenant target'::text
          WHERE (e.event_type = 'social.follow'::text)
        UNION ALL
         SELECT 'follows'::text,
            '-1'::integer,
            'tenant target'::text
          WHERE (e.event_type = 'social.unfollow'::text)
        UNION ALL
         SELECT 'shares'::text,
            1,
            'tenant target'::text
          WHERE (e.event_type = 'social.share'::text)) c(metric, amount, kinds))
     CROSS JOIN LATERAL ( SELECT 'tenant'::text AS "?column?",
            ''::text AS "?column?"
          WHERE (c.kinds ~~ '%tenant%'::text)
        UNION ALL
         SELECT 'artist'::text,
            e.artist_id
          WHERE (c.kinds ~~ '%artist%'::text)
        UNION ALL
         SELECT 'event'::text,
            e.event_id
          WHERE (c.kinds ~~ '%event%'::text)
        UNION ALL
         SELECT 'fan'::text,
            (e.subject_id)::text AS subject_id
          WHERE (c.kinds ~~ '%fan%'::text)
        UNION ALL
         SELECT 'track'::text,
            e.track_id
          WHERE (c.kinds ~~ '%track%'::text)
        UNION ALL
         SELECT 'city'::text,
            e.city
          WHERE (c.kinds ~~ '%city%'::text)
        UNION ALL
         SELECT
                CASE e.entity_type
                    WHEN 'user'::text THEN 'fan'::text
                    ELSE e.entity_type
                END AS entity_type,
            e.entity_id
          WHERE (c.kinds ~~ '%target%'::text)) k(kind, entity_id))
  WHERE ((k.entity_id IS NOT NULL) AND (NOT (EXISTS ( SELECT
           FROM public.processor_dead_letters d
          WHERE ((d.tenant_id = e.tenant_id) AND (d.consumer = 'coliseum'::text) AND (d.partition = e.partition) AND (d."offset" = e."offset"))))));
CREATE TABLE public.billing_accounts (
    tenant_id integer NOT NULL,
    account_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT billing_accounts_account_id_check CHECK ((account_id ~ '^acct_[A-Za-z0-9_]{1,100}$'::text))
);
ALTER TABLE ONLY public.billing_accounts FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_customers (
    tenant_id integer NOT NULL,
    customer_id text,
    generation integer DEFAULT 1 NOT NULL,
    CONSTRAINT billing_customers_customer_id_check CHECK (((length(customer_id) >= 1) AND (length(customer_id) <= 255))),
    CONSTRAINT billing_customers_generation_check CHECK ((generation > 0))
);
ALTER TABLE ONLY public.billing_customers FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_objects (
    tenant_id integer NOT NULL,
    object_id text NOT NULL,
    log_id text NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT billing_objects_object_id_check CHECK (((length(object_id) >= 1) AND (length(object_id) <= 255)))
);
ALTER TABLE ONLY public.billing_objects FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_stripe_events (
    event_id text NOT NULL,
    type text NOT NULL,
    created timestamp with time zone NOT NULL,
    live boolean NOT NULL,
    account text,
    object_id text,
    object_status text,
    body bytea,
    received_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT billing_stripe_events_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT billing_stripe_events_check CHECK (((body IS NOT NULL) OR (state <> 'stored'::text))),
    CONSTRAINT billing_stripe_events_check1 CHECK (((state = 'stored'::text) = (done_at IS NULL))),
    CONSTRAINT billing_stripe_events_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 255))),
    CONSTRAINT billing_stripe_events_reason_check CHECK ((length(reason) <= 300)),
    CONSTRAINT billing_stripe_events_state_check CHECK ((state = ANY (ARRAY['stored'::text, 'applied'::text, 'ignored'::text, 'unmatched'::text, 'failed'::text]))),
    CONSTRAINT billing_stripe_events_type_check CHECK ((length(type) <= 255))
);
ALTER TABLE ONLY public.billing_stripe_events FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_subscriptions (
    tenant_id integer NOT NULL,
    subscription_id text NOT NULL,
    price_id text NOT NULL,
    plan text,
    status text NOT NULL,
    current_period_end timestamp with time zone,
    cancel_at_period_end boolean NOT NULL,
    grace_until timestamp with time zone,
    object_created timestamp with time zone NOT NULL,
    newest_created timestamp with time zone NOT NULL,
    newest_event text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    over boolean DEFAULT false NOT NULL,
    CONSTRAINT billing_subscriptions_plan_check CHECK ((plan = ANY (ARRAY['basic'::text, 'pro'::text, 'enterprise'::text]))),
    CONSTRAINT billing_subscriptions_status_check CHECK ((length(status) <= 50)),
    CONSTRAINT billing_subscriptions_subscription_id_check CHECK (((length(subscription_id) >= 1) AND (length(subscription_id) <= 255)))
);
ALTER TABLE ONLY public.billing_subscriptions FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_unmatched (
    tenant_id integer NOT NULL,
    event_id text NOT NULL,
    object_id text NOT NULL,
    type text NOT NULL,
    reason text NOT NULL,
    amount bigint,
    currency text,
    seen_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT billing_unmatched_reason_check CHECK ((length(reason) <= 300))
);
ALTER TABLE ONLY public.billing_unmatched FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_usage_reports (
    tenant_id integer NOT NULL,
    month date NOT NULL,
    sequence integer NOT NULL,
    amount bigint NOT NULL,
    customer_id text NOT NULL,
    intended_at timestamp with time zone NOT NULL,
    state text DEFAULT 'intended'::text NOT NULL,
    CONSTRAINT billing_usage_reports_amount_check CHECK ((amount > 0)),
    CONSTRAINT billing_usage_reports_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric)),
    CONSTRAINT billing_usage_reports_sequence_check CHECK ((sequence > 0)),
    CONSTRAINT billing_usage_reports_state_check CHECK ((state = ANY (ARRAY['intended'::text, 'sent'::text, 'unknown'::text])))
);
ALTER TABLE ONLY public.billing_usage_reports FORCE ROW LEVEL SECURITY;
CREATE TABLE public.capture_warnings (
    tenant_id integer NOT NULL,
    day date NOT NULL,
    code text NOT NULL,
    event_type text NOT NULL,
    count bigint NOT NULL,
    last_message text NOT NULL,
    last_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.capture_warnings FORCE ROW LEVEL SECURITY;
CREATE TABLE public.catalog_tracks (
    tenant_id integer NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    artist_id text NOT NULL,
    duration_seconds bigint,
    picture text,
    changed_at timestamp with time zone NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL
);
ALTER TABLE ONLY public.catalog_tracks FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_boards (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    declaration jsonb NOT NULL,
    revision bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT coliseum_boards_declaration CHECK (COALESCE((((declaration ->> 'name'::text) = name) AND ((declaration ->> 'visibility'::text) = ANY (ARRAY['private'::text, 'public'::text])) AND (jsonb_typeof((declaration -> 'pinned'::text)) = 'boolean'::text)), false)),
    CONSTRAINT coliseum_boards_revision_check CHECK ((revision > 0)),
    CONSTRAINT coliseum_boards_slug CHECK ((name ~ '^[a-z0-9-]{1,64}$'::text))
);
ALTER TABLE ONLY public.coliseum_boards FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_closings (
    tenant_id integer NOT NULL,
    grain smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    "position" bigint[] NOT NULL,
    parked_partitions smallint[] NOT NULL,
    parked_offsets bigint[] NOT NULL,
    boards text[] NOT NULL,
    CONSTRAINT coliseum_closings_check CHECK ((ends_at > starts_at)),
    CONSTRAINT coliseum_closings_check1 CHECK ((closed_at > ends_at)),
    CONSTRAINT coliseum_closings_check2 CHECK ((cardinality(parked_offsets) = cardinality(parked_partitions))),
    CONSTRAINT coliseum_closings_grain_check CHECK (((grain >= 1) AND (grain <= 3))),
    CONSTRAINT coliseum_closings_position_check CHECK ((cardinality("position") > 0))
);
ALTER TABLE ONLY public.coliseum_closings FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_gross (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    metric text NOT NULL,
    gross bigint NOT NULL,
    CONSTRAINT coliseum_gross_exact CHECK (((gross >= 0) AND (gross <= '9007199254740992'::bigint)))
);
ALTER TABLE ONLY public.coliseum_gross FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_leaderboards (
    tenant_id integer NOT NULL,
    metric text NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    place integer NOT NULL,
    rank integer NOT NULL,
    entity bigint NOT NULL,
    score bigint NOT NULL,
    CONSTRAINT coliseum_leaderboards_check CHECK (((rank >= 1) AND (rank <= place))),
    CONSTRAINT coliseum_leaderboards_place_check CHECK ((place > 0)),
    CONSTRAINT coliseum_leaderboards_score_check CHECK ((score <> 0))
);
ALTER TABLE ONLY public.coliseum_leaderboards FORCE ROW LEVEL SECURITY;
CREATE TABLE public.coliseum_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.coliseum_names ALTER COLUMN num ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.coliseum_names_num_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.coliseum_seasons (
    tenant_id integer NOT NULL,
    metric text NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    members bigint NOT NULL,
    kept integer NOT NULL,
    CONSTRAINT coliseum_seasons_check CHECK (((kept >= 1) AND (kept <= members)))
);
ALTER TABLE ONLY public.coliseum_seasons FORCE ROW LEVEL SECURITY;
CREATE TABLE public.dashboards_dashboards (
    tenant_id integer NOT NULL,
    dashboard_id bigint NOT NULL,
    name text NOT NULL,
    panels jsonb NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT dashboards_dashboards_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT dashboards_dashboards_panels_check CHECK (((jsonb_typeof(panels) = 'array'::text) AND (jsonb_array_length(panels) <= 24) AND (octet_length((panels)::text) <= 100000))),
    CONSTRAINT dashboards_dashboards_revision_check CHECK ((revision > 0))
);
ALTER TABLE ONLY public.dashboards_dashboards FORCE ROW LEVEL SECURITY;
ALTER TABLE public.dashboards_dashboards ALTER COLUMN dashboard_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dashboards_dashboards_dashboard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.dashboards_shares (
    tenant_id integer NOT NULL,
    share_id bigint NOT NULL,
    digest bytea NOT NULL,
    dashboard_id bigint,
    panel jsonb,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT dashboards_shares_check CHECK ((expires_at > created_at)),
    CONSTRAINT dashboards_shares_check1 CHECK (((dashboard_id IS NULL) <> (panel IS NULL))),
    CONSTRAINT dashboards_shares_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT dashboards_shares_panel_check CHECK ((octet_length((panel)::text) <= 10000))
);
ALTER TABLE ONLY public.dashboards_shares FORCE ROW LEVEL SECURITY;
ALTER TABLE public.dashboards_shares ALTER COLUMN share_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.dashboards_shares_share_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.hooks_crossings (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    reached_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.hooks_crossings FORCE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_deliveries ALTER COLUMN delivery_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.hooks_deliveries_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.hooks_endpoints ALTER COLUMN endpoint_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.hooks_endpoints_endpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.hooks_leaders (
    tenant_id integer NOT NULL,
    board text NOT NULL,
    "window" text NOT NULL,
    top smallint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    entities bigint[] NOT NULL,
    CONSTRAINT hooks_leaders_check CHECK ((cardinality(entities) <= top)),
    CONSTRAINT hooks_leaders_top_check CHECK (((top >= 1) AND (top <= 10)))
);
ALTER TABLE ONLY public.hooks_leaders FORCE ROW LEVEL SECURITY;
CREATE TABLE public.hooks_thresholds (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    metric text NOT NULL,
    currency text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    "window" text NOT NULL,
    value bigint NOT NULL,
    open_since timestamp with time zone,
    created_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT hooks_thresholds_check CHECK (((open_since IS NULL) = ("window" = 'all'::text))),
    CONSTRAINT hooks_thresholds_entity_id_check CHECK ((length(entity_id) <= 256)),
    CONSTRAINT hooks_thresholds_name_check CHECK ((name ~ '^[a-z0-9-]{1,64}$'::text)),
    CONSTRAINT hooks_thresholds_window_check CHECK (("window" = ANY (ARRAY['hour'::text, 'day'::text, 'week'::text, 'month'::text, 'year'::text, 'all'::text])))
);
ALTER TABLE ONLY public.hooks_thresholds FORCE ROW LEVEL SECURITY;
CREATE TABLE public.mediaid_affinities (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    subject_id bigint NOT NULL,
    day timestamp with time zone NOT NULL,
    artist text NOT NULL,
    event text NOT NULL,
    city text NOT NULL,
    weight bigint NOT NULL
);
ALTER TABLE ONLY public.mediaid_affinities FORCE ROW LEVEL SECURITY;
CREATE TABLE public.passport_entries_default (
    tenant_id integer CONSTRAINT passport_entries_tenant_id_not_null NOT NULL,
    partition smallint CONSTRAINT passport_entries_partition_not_null NOT NULL,
    "offset" bigint CONSTRAINT passport_entries_offset_not_null NOT NULL,
    id text CONSTRAINT passport_entries_id_not_null NOT NULL,
    subject_id bigint,
    session_id uuid,
    device_id uuid,
    event_type text CONSTRAINT passport_entries_event_type_not_null NOT NULL,
    event_category text GENERATED ALWAYS AS (split_part(event_type, '.'::text, 1)) STORED CONSTRAINT passport_entries_event_category_not_null NOT NULL,
    entity_type text,
    entity_id text,
    artist_id text,
    event_id text,
    track_id text,
    city text,
    currency text,
    value bigint CONSTRAINT passport_entries_value_not_null NOT NULL,
    occurred_at timestamp with time zone CONSTRAINT passport_entries_occurred_at_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT passport_entries_created_at_not_null NOT NULL,
    source text CONSTRAINT passport_entries_source_not_null NOT NULL,
    dna_influence integer CONSTRAINT passport_entries_dna_influence_not_null NOT NULL,
    metadata jsonb CONSTRAINT passport_entries_metadata_not_null NOT NULL
);
ALTER TABLE ONLY public.passport_entries_default FORCE ROW LEVEL SECURITY;
CREATE TABLE public.passport_keys (
    tenant_id integer NOT NULL,
    id text NOT NULL,
    content_hash bytea NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    CONSTRAINT passport_keys_content_hash_check CHECK ((length(content_hash) = 16))
);
ALTER TABLE ONLY public.passport_keys FORCE ROW LEVEL SECURITY;
CREATE TABLE public.passport_subjects (
    tenant_id integer NOT NULL,
    subject_id bigint NOT NULL,
    user_id text NOT NULL,
    key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT passport_subjects_key_check CHECK ((length(key) = 32))
);
ALTER TABLE ONLY public.passport_subjects FORCE ROW LEVEL SECURITY;
CREATE VIEW public.passport_log WITH (security_invoker='true') AS
 SELECT e.tenant_id,
    e.partition,
    e."offset",
    e.id,
    s.user_id,
    e.session_id,
    e.device_id,
    e.event_type,
    e.event_category,
    e.entity_type,
    e.entity_id,
    e.artist_id,
    e.event_id,
    e.track_id,
    e.city,
    e.currency,
    e.value,
    e.occurred_at,
    e.created_at,
    e.source,
    e.dna_influence,
    e.metadata
   FROM (public.passport_entries e
     LEFT JOIN public.passport_subjects s ON (((s.tenant_id = e.tenant_id) AND (s.subject_id = e.subject_id))));
CREATE TABLE public.passport_personal (
    tenant_id integer NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    subject_id bigint NOT NULL,
    fields jsonb NOT NULL
);
ALTER TABLE ONLY public.passport_personal FORCE ROW LEVEL SECURITY;
CREATE VIEW public.passport_processed WITH (security_invoker='true') AS
 SELECT e.tenant_id,
    e.partition,
    e."offset",
    e.id,
    COALESCE(bool_or((c."offset" > e."offset")) FILTER (WHERE (c.consumer = 'coliseum'::text)), false) AS processed_by_coliseum,
    COALESCE(bool_or((c."offset" > e."offset")) FILTER (WHERE (c.consumer = 'treasury'::text)), false) AS processed_by_treasury,
    COALESCE(bool_or((c."offset" > e."offset")) FILTER (WHERE (c.consumer = 'mediaid'::text)), false) AS processed_by_mediaid
   FROM ((public.passport_entries e
     LEFT JOIN public.processor_units u ON ((u.tenant_id = e.tenant_id)))
     LEFT JOIN public.processor_cursors c ON (((c.tenant_id = e.tenant_id) AND (c.consumer = u.consumer) AND (c.generation = u.generation) AND (c.partition = e.partition))))
  GROUP BY e.tenant_id, e.partition, e."offset", e.id;
CREATE TABLE public.passport_references (
    tenant_id integer NOT NULL,
    kind text NOT NULL,
    ref_id text NOT NULL,
    id text NOT NULL,
    CONSTRAINT passport_references_kind_check CHECK ((kind = 'vote'::text))
);
ALTER TABLE ONLY public.passport_references FORCE ROW LEVEL SECURITY;
ALTER TABLE public.passport_subjects ALTER COLUMN subject_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.passport_subjects_subject_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1000
);
CREATE TABLE public.privacy_consents (
    tenant_id integer NOT NULL,
    subject_id bigint NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    CONSTRAINT privacy_consents_offset_check CHECK (("offset" >= 0))
);
ALTER TABLE ONLY public.privacy_consents FORCE ROW LEVEL SECURITY;
CREATE TABLE public.privacy_erasures (
    tenant_id integer NOT NULL,
    certificate uuid NOT NULL,
    number bigint NOT NULL,
    subject_id bigint,
    requested_by text NOT NULL,
    erased_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_erasures_requested_by_check CHECK (((length(requested_by) >= 1) AND (length(requested_by) <= 200)))
);
ALTER TABLE ONLY public.privacy_erasures FORCE ROW LEVEL SECURITY;
ALTER TABLE public.privacy_erasures ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.privacy_erasures_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.privacy_retention (
    tenant_id integer NOT NULL,
    months smallint NOT NULL,
    cutoff timestamp with time zone NOT NULL,
    ran_at timestamp with time zone NOT NULL,
    CONSTRAINT privacy_retention_months_check CHECK (((months >= 1) AND (months <= 120)))
);
ALTER TABLE ONLY public.privacy_retention FORCE ROW LEVEL SECURITY;
CREATE TABLE public.privacy_suppressed (
    tenant_id integer NOT NULL,
    digest bytea NOT NULL,
    day date NOT NULL,
    CONSTRAINT privacy_suppressed_digest_check CHECK ((octet_length(digest) = 32))
);
ALTER TABLE ONLY public.privacy_suppressed FORCE ROW LEVEL SECURITY;
CREATE TABLE public.processor_nodes (
    node_id text NOT NULL,
    seen_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.processor_nodes FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stadium_votings (
    tenant_id integer NOT NULL,
    name text NOT NULL,
    event_id text NOT NULL,
    title text NOT NULL,
    artist_ids text[],
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    results text NOT NULL,
    per_address integer NOT NULL,
    changed_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT stadium_votings_artist_ids_check CHECK (((cardinality(artist_ids) >= 1) AND (cardinality(artist_ids) <= 50))),
    CONSTRAINT stadium_votings_check CHECK (((closes_at >= opens_at) AND (closes_at <= (opens_at + '7 days'::interval)))),
    CONSTRAINT stadium_votings_event_id_check CHECK (((length(event_id) >= 1) AND (length(event_id) <= 128))),
    CONSTRAINT stadium_votings_name_check CHECK ((name ~ '^[a-z0-9-]{1,64}$'::text)),
    CONSTRAINT stadium_votings_per_address_check CHECK (((per_address >= 1) AND (per_address <= 100000))),
    CONSTRAINT stadium_votings_results_check CHECK ((results = ANY (ARRAY['public'::text, 'private'::text]))),
    CONSTRAINT stadium_votings_title_check CHECK ((length(title) <= 200))
);
ALTER TABLE ONLY public.stadium_votings FORCE ROW LEVEL SECURITY;
CREATE TABLE public.trail_entries (
    tenant_id integer NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    outcome text NOT NULL,
    address text NOT NULL,
    detail jsonb NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT trail_entries_action_check CHECK ((length(action) <= 100)),
    CONSTRAINT trail_entries_actor_check CHECK ((length(actor) <= 200)),
    CONSTRAINT trail_entries_address_check CHECK ((length(address) <= 100)),
    CONSTRAINT trail_entries_hash_check CHECK ((length(hash) = 32)),
    CONSTRAINT trail_entries_number_check CHECK ((number > 0)),
    CONSTRAINT trail_entries_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text]))),
    CONSTRAINT trail_entries_target_check CHECK ((length(target) <= 300))
);
ALTER TABLE ONLY public.trail_entries FORCE ROW LEVEL SECURITY;
CREATE TABLE public.trail_heads (
    tenant_id integer NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT trail_heads_number_check CHECK ((number >= 0))
);
ALTER TABLE ONLY public.trail_heads FORCE ROW LEVEL SECURITY;
CREATE TABLE public.treasury_balances (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    subject_id bigint NOT NULL,
    currency text NOT NULL,
    spent numeric(30,0) NOT NULL,
    earned numeric(30,0) NOT NULL,
    refunded numeric(30,0) NOT NULL
);
ALTER TABLE ONLY public.treasury_balances FORCE ROW LEVEL SECURITY;
CREATE TABLE public.treasury_transfers (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    subject_id bigint NOT NULL,
    kind text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    CONSTRAINT treasury_transfers_amount_check CHECK ((amount > 0)),
    CONSTRAINT treasury_transfers_kind_check CHECK ((kind = ANY (ARRAY['spent'::text, 'earned'::text, 'refunded'::text])))
);
ALTER TABLE ONLY public.treasury_transfers FORCE ROW LEVEL SECURITY;
CREATE TABLE public.usage_days (
    tenant_id integer NOT NULL,
    generation smallint NOT NULL,
    day date NOT NULL,
    partition smallint NOT NULL,
    category text NOT NULL,
    source text NOT NULL,
    entries bigint NOT NULL,
    first_offset bigint NOT NULL,
    last_offset bigint NOT NULL,
    CONSTRAINT usage_days_check CHECK (((last_offset - first_offset) >= (entries - 1))),
    CONSTRAINT usage_days_entries_check CHECK ((entries > 0)),
    CONSTRAINT usage_days_first_offset_check CHECK ((first_offset >= 0))
);
ALTER TABLE ONLY public.usage_days FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.passport_entries ATTACH PARTITION public.passport_entries_default DEFAULT;
ALTER TABLE ONLY public.accounts_identities
    ADD CONSTRAINT accounts_identities_pkey PRIMARY KEY (issuer, foreign_subject);
ALTER TABLE ONLY public.accounts_invitations
    ADD CONSTRAINT accounts_invitations_pkey PRIMARY KEY (tenant_id, invitation_id);
ALTER TABLE ONLY public.accounts_invitations
    ADD CONSTRAINT accounts_invitations_secret_digest_key UNIQUE (secret_digest);
ALTER TABLE ONLY public.accounts_issuers
    ADD CONSTRAINT accounts_issuers_pkey PRIMARY KEY (tenant_id, issuer);
ALTER TABLE ONLY public.accounts_keys
    ADD CONSTRAINT accounts_keys_pkey PRIMARY KEY (tenant_id, key_id);
ALTER TABLE ONLY public.accounts_keys
    ADD CONSTRAINT accounts_keys_secret_digest_key UNIQUE (secret_digest);
ALTER TABLE ONLY public.accounts_links
    ADD CONSTRAINT accounts_links_pkey PRIMARY KEY (secret_digest);
ALTER TABLE ONLY public.accounts_members
    ADD CONSTRAINT accounts_members_pkey PRIMARY KEY (tenant_id, person_id);
ALTER TABLE ONLY public.accounts_outbox
    ADD CONSTRAINT accounts_outbox_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY public.accounts_people
    ADD CONSTRAINT accounts_people_email_key UNIQUE (email);
ALTER TABLE ONLY public.accounts_people
    ADD CONSTRAINT accounts_people_pkey PRIMARY KEY (person_id);
ALTER TABLE ONLY public.accounts_recovery_codes
    ADD CONSTRAINT accounts_recovery_codes_pkey PRIMARY KEY (person_id, number);
ALTER TABLE ONLY public.accounts_refresh_tokens
    ADD CONSTRAINT accounts_refresh_tokens_pkey PRIMARY KEY (token_digest);
ALTER TABLE ONLY public.accounts_sessions
    ADD CONSTRAINT accounts_sessions_pkey PRIMARY KEY (session_id);
ALTER TABLE ONLY public.accounts_sessions
    ADD CONSTRAINT accounts_sessions_secret_digest_key UNIQUE (secret_digest);
ALTER TABLE ONLY public.accounts_signups
    ADD CONSTRAINT accounts_signups_pkey PRIMARY KEY (secret_digest);
ALTER TABLE ONLY public.accounts_tenants
    ADD CONSTRAINT accounts_tenants_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.accounts_tenants
    ADD CONSTRAINT accounts_tenants_slug_key UNIQUE (slug);
ALTER TABLE ONLY public.billing_accounts
    ADD CONSTRAINT billing_accounts_account_id_key UNIQUE (account_id);
ALTER TABLE ONLY public.billing_accounts
    ADD CONSTRAINT billing_accounts_pkey PRIMARY KEY (tenant_id, account_id);
ALTER TABLE ONLY public.billing_customers
    ADD CONSTRAINT billing_customers_customer_id_key UNIQUE (customer_id);
ALTER TABLE ONLY public.billing_customers
    ADD CONSTRAINT billing_customers_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.billing_objects
    ADD CONSTRAINT billing_objects_pkey PRIMARY KEY (tenant_id, object_id);
ALTER TABLE ONLY public.billing_stripe_events
    ADD CONSTRAINT billing_stripe_events_pkey PRIMARY KEY (event_id);
ALTER TABLE ONLY public.billing_subscriptions
    ADD CONSTRAINT billing_subscriptions_pkey PRIMARY KEY (tenant_id, subscription_id);
ALTER TABLE ONLY public.billing_unmatched
    ADD CONSTRAINT billing_unmatched_pkey PRIMARY KEY (tenant_id, event_id, object_id);
ALTER TABLE ONLY public.billing_usage_reports
    ADD CONSTRAINT billing_usage_reports_pkey PRIMARY KEY (tenant_id, month, sequence);
ALTER TABLE ONLY public.capture_warnings
    ADD CONSTRAINT capture_warnings_pkey PRIMARY KEY (tenant_id, day, code, event_type);
ALTER TABLE ONLY public.catalog_artists
    ADD CONSTRAINT catalog_artists_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.catalog_events
    ADD CONSTRAINT catalog_events_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.catalog_tracks
    ADD CONSTRAINT catalog_tracks_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.catalog_venues
    ADD CONSTRAINT catalog_venues_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.coliseum_boards
    ADD CONSTRAINT coliseum_boards_pkey PRIMARY KEY (tenant_id, name);
ALTER TABLE ONLY public.coliseum_closings
    ADD CONSTRAINT coliseum_closings_pkey PRIMARY KEY (tenant_id, grain, starts_at);
ALTER TABLE ONLY public.coliseum_gross
    ADD CONSTRAINT coliseum_gross_pkey PRIMARY KEY (tenant_id, generation, metric);
ALTER TABLE ONLY public.coliseum_hours
    ADD CONSTRAINT coliseum_hours_pkey PRIMARY KEY (tenant_id, generation, metric, kind, hour, entity, artist, event, city);
ALTER TABLE ONLY public.coliseum_leaderboards
    ADD CONSTRAINT coliseum_leaderboards_pkey PRIMARY KEY (tenant_id, metric, kind, grain, starts_at, place);
ALTER TABLE ONLY public.coliseum_migrations
    ADD CONSTRAINT coliseum_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.coliseum_names
    ADD CONSTRAINT coliseum_names_pkey PRIMARY KEY (tenant_id, num);
ALTER TABLE ONLY public.coliseum_names
    ADD CONSTRAINT coliseum_names_tenant_id_kind_id_key UNIQUE (tenant_id, kind, id);
ALTER TABLE ONLY public.coliseum_rollups
    ADD CONSTRAINT coliseum_rollups_pkey PRIMARY KEY (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city);
ALTER TABLE ONLY public.coliseum_rules
    ADD CONSTRAINT coliseum_rules_pkey PRIMARY KEY (event_type, metric, kind);
ALTER TABLE ONLY public.coliseum_seasons
    ADD CONSTRAINT coliseum_seasons_pkey PRIMARY KEY (tenant_id, metric, kind, grain, starts_at);
ALTER TABLE ONLY public.dashboards_dashboards
    ADD CONSTRAINT dashboards_dashboards_pkey PRIMARY KEY (tenant_id, dashboard_id);
ALTER TABLE ONLY public.dashboards_shares
    ADD CONSTRAINT dashboards_shares_pkey PRIMARY KEY (tenant_id, share_id);
ALTER TABLE ONLY public.dashboards_shares
    ADD CONSTRAINT dashboards_shares_tenant_id_digest_key UNIQUE (tenant_id, digest);
ALTER TABLE ONLY public.hooks_crossings
    ADD CONSTRAINT hooks_crossings_pkey PRIMARY KEY (tenant_id, name, starts_at);
ALTER TABLE ONLY public.hooks_deliveries
    ADD CONSTRAINT hooks_deliveries_pkey PRIMARY KEY (tenant_id, delivery_id);
ALTER TABLE ONLY public.hooks_deliveries
    ADD CONSTRAINT hooks_deliveries_tenant_id_message_id_endpoint_id_key UNIQUE (tenant_id, message_id, endpoint_id);
ALTER TABLE ONLY public.hooks_endpoints
    ADD CONSTRAINT hooks_endpoints_pkey PRIMARY KEY (tenant_id, endpoint_id);
ALTER TABLE ONLY public.hooks_leaders
    ADD CONSTRAINT hooks_leaders_pkey PRIMARY KEY (tenant_id, board, "window", top);
ALTER TABLE ONLY public.hooks_messages
    ADD CONSTRAINT hooks_messages_pkey PRIMARY KEY (tenant_id, message_id);
ALTER TABLE ONLY public.hooks_thresholds
    ADD CONSTRAINT hooks_thresholds_pkey PRIMARY KEY (tenant_id, name);
ALTER TABLE ONLY public.passport_entries
    ADD CONSTRAINT passport_entries_pkey PRIMARY KEY (tenant_id, partition, "offset", created_at);
ALTER TABLE ONLY public.passport_entries_default
    ADD CONSTRAINT passport_entries_default_pkey PRIMARY KEY (tenant_id, partition, "offset", created_at);
ALTER TABLE ONLY public.passport_heads
    ADD CONSTRAINT passport_heads_pkey PRIMARY KEY (tenant_id, partition);
ALTER TABLE ONLY public.passport_keys
    ADD CONSTRAINT passport_keys_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.passport_personal
    ADD CONSTRAINT passport_personal_pkey PRIMARY KEY (tenant_id, partition, "offset");
ALTER TABLE ONLY public.passport_references
    ADD CONSTRAINT passport_references_pkey PRIMARY KEY (tenant_id, kind, ref_id);
ALTER TABLE ONLY public.passport_subjects
    ADD CONSTRAINT passport_subjects_pkey PRIMARY KEY (tenant_id, subject_id);
ALTER TABLE ONLY public.passport_subjects
    ADD CONSTRAINT passport_subjects_tenant_id_user_id_key UNIQUE (tenant_id, user_id);
ALTER TABLE ONLY public.privacy_consents
    ADD CONSTRAINT privacy_consents_pkey PRIMARY KEY (tenant_id, subject_id, purpose);
ALTER TABLE ONLY public.privacy_erasures
    ADD CONSTRAINT privacy_erasures_pkey PRIMARY KEY (tenant_id, certificate);
ALTER TABLE ONLY public.privacy_retention
    ADD CONSTRAINT privacy_retention_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.privacy_suppressed
    ADD CONSTRAINT privacy_suppressed_pkey PRIMARY KEY (tenant_id, digest);
ALTER TABLE ONLY public.processor_cursors
    ADD CONSTRAINT processor_cursors_pkey PRIMARY KEY (tenant_id, consumer, generation, partition);
ALTER TABLE ONLY public.processor_dead_letters
    ADD CONSTRAINT processor_dead_letters_pkey PRIMARY KEY (tenant_id, consumer, partition, "offset");
ALTER TABLE ONLY public.processor_nodes
    ADD CONSTRAINT processor_nodes_pkey PRIMARY KEY (node_id);
ALTER TABLE ONLY public.processor_units
    ADD CONSTRAINT processor_units_pkey PRIMARY KEY (tenant_id, consumer);
ALTER TABLE ONLY public.stadium_votings
    ADD CONSTRAINT stadium_votings_pkey PRIMARY KEY (tenant_id, name);
ALTER TABLE ONLY public.stadium_votings
    ADD CONSTRAINT stadium_votings_tenant_id_event_id_key UNIQUE (tenant_id, event_id);
ALTER TABLE ONLY public.trail_entries
    ADD CONSTRAINT trail_entries_pkey PRIMARY KEY (tenant_id, number);
ALTER TABLE ONLY public.trail_heads
    ADD CONSTRAINT trail_heads_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.treasury_balances
    ADD CONSTRAINT treasury_balances_pkey PRIMARY KEY (tenant_id, generation, subject_id, currency);
ALTER TABLE ONLY public.treasury_transfers
    ADD CONSTRAINT treasury_transfers_pkey PRIMARY KEY (tenant_id, generation, partition, "offset");
ALTER TABLE ONLY public.usage_days
    ADD CONSTRAINT usage_days_pkey PRIMARY KEY (tenant_id, generation, day, partition, category, source);
CREATE INDEX accounts_identities_person ON public.accounts_identities USING btree (person_id);
CREATE INDEX accounts_links_person ON public.accounts_links USING btree (person_id);
CREATE INDEX accounts_members_person ON public.accounts_members USING btree (person_id);
CREATE INDEX accounts_outbox_due ON public.accounts_outbox USING btree (next_attempt_at, mail_id);
CREATE INDEX accounts_refresh_tokens_session ON public.accounts_refresh_tokens USING btree (session_id);
CREATE INDEX accounts_sessions_person ON public.accounts_sessions USING btree (person_id, created_at DESC);
CREATE INDEX billing_stripe_events_done ON public.billing_stripe_events USING btree (done_at) WHERE (body IS NOT NULL);
CREATE INDEX billing_stripe_events_due ON public.billing_stripe_events USING btree (next_attempt_at) WHERE (state = 'stored'::text);
CREATE INDEX billing_stripe_events_object ON public.billing_stripe_events USING btree (object_id, created);
CREATE INDEX catalog_events_artists ON public.catalog_events USING gin (artist_ids);
CREATE INDEX coliseum_closings_end ON public.coliseum_closings USING btree (tenant_id, ends_at);
CREATE INDEX coliseum_fan_hours_fan ON public.coliseum_fan_hours USING btree (tenant_id, generation, fan);
CREATE INDEX coliseum_fan_hours_metric ON public.coliseum_fan_hours USING btree (tenant_id, generation, metric, hour);
CREATE INDEX coliseum_hours_hour ON public.coliseum_hours USING btree (tenant_id, generation, hour);
CREATE UNIQUE INDEX coliseum_leaderboards_entity ON public.coliseum_leaderboards USING btree (tenant_id, metric, kind, grain, entity, starts_at) INCLUDE (rank, score);
CREATE INDEX coliseum_rollups_entity ON public.coliseum_rollups USING btree (tenant_id, generation, kind, entity, metric, grain, bucket);
CREATE INDEX dashboards_shares_dashboard ON public.dashboards_shares USING btree (tenant_id, dashboard_id);
CREATE INDEX hooks_deliveries_due ON public.hooks_deliveries USING btree (next_attempt_at, delivery_id) WHERE (state = 'pending'::text);
CREATE INDEX hooks_deliveries_endpoint ON public.hooks_deliveries USING btree (tenant_id, endpoint_id, delivery_id);
CREATE INDEX hooks_messages_age ON public.hooks_messages USING btree (created_at);
CREATE INDEX mediaid_affinities_subject ON public.mediaid_affinities USING btree (tenant_id, generation, subject_id);
CREATE INDEX passport_entries_acts ON ONLY public.passport_entries USING btree (tenant_id, entity_id, event_type) WHERE (event_category = ANY (ARRAY['concierto'::text, 'social'::text]));
CREATE INDEX passport_entries_catalog ON ONLY public.passport_entries USING btree (tenant_id, event_type, entity_id) WHERE (event_category = 'catalog'::text);
CREATE INDEX passport_entries_occurred_at ON ONLY public.passport_entries USING brin (occurred_at);
CREATE INDEX passport_entries_default_occurred_at_idx ON public.passport_entries_default USING brin (occurred_at);
CREATE INDEX passport_entries_default_tenant_id_entity_id_event_type_idx ON public.passport_entries_default USING btree (tenant_id, entity_id, event_type) WHERE (event_category = ANY (ARRAY['concierto'::text, 'social'::text]));
CREATE INDEX passport_entries_default_tenant_id_event_type_entity_id_idx ON public.passport_entries_default USING btree (tenant_id, event_type, entity_id) WHERE (event_category = 'catalog'::text);
CREATE INDEX passport_keys_received_at ON public.passport_keys USING brin (received_at);
CREATE INDEX passport_personal_subject ON public.passport_personal USING btree (tenant_id, subject_id);
CREATE INDEX privacy_erasures_age ON public.privacy_erasures USING btree (erased_at);
CREATE INDEX privacy_erasures_number ON public.privacy_erasures USING btree (number);
CREATE INDEX treasury_transfers_subject ON public.treasury_transfers USING btree (tenant_id, generation, subject_id, currency, occurred_at);
ALTER INDEX public.passport_entries_occurred_at ATTACH PARTITION public.passport_entries_default_occurred_at_idx;
ALTER INDEX public.passport_entries_pkey ATTACH PARTITION public.passport_entries_default_pkey;
ALTER INDEX public.passport_entries_acts ATTACH PARTITION public.passport_entries_default_tenant_id_entity_id_event_type_idx;
ALTER INDEX public.passport_entries_catalog ATTACH PARTITION public.passport_entries_default_tenant_id_event_type_entity_id_idx;
CREATE TRIGGER hooks_key_revoked AFTER UPDATE OF revoked_at ON public.accounts_keys FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (new.revoked_at IS NOT NULL))) EXECUTE FUNCTION public.hooks_tell_key();
CREATE TRIGGER hooks_plan_changed AFTER UPDATE OF plan ON public.accounts_tenants FOR EACH ROW WHEN ((old.plan IS DISTINCT FROM new.plan)) EXECUTE FUNCTION public.hooks_tell_plan();
CREATE TRIGGER privacy_consent_said AFTER INSERT ON public.passport_entries FOR EACH ROW WHEN ((new.event_type = 'privacy.consent_changed'::text)) EXECUTE FUNCTION public.privacy_note_consent();
CREATE TRIGGER trail_entries_stand BEFORE DELETE OR UPDATE ON public.trail_entries FOR EACH ROW EXECUTE FUNCTION public.trail_refuse();
CREATE TRIGGER trail_entries_stay BEFORE TRUNCATE ON public.trail_entries FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
ALTER TABLE ONLY public.accounts_identities
    ADD CONSTRAINT accounts_identities_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts_people(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts_invitations
    ADD CONSTRAINT accounts_invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.accounts_issuers
    ADD CONSTRAINT accounts_issuers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.accounts_keys
    ADD CONSTRAINT accounts_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.accounts_links
    ADD CONSTRAINT accounts_links_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts_people(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts_members
    ADD CONSTRAINT accounts_members_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts_people(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts_members
    ADD CONSTRAINT accounts_members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.accounts_recovery_codes
    ADD CONSTRAINT accounts_recovery_codes_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts_people(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts_refresh_tokens
    ADD CONSTRAINT accounts_refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.accounts_sessions(session_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.accounts_sessions
    ADD CONSTRAINT accounts_sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.accounts_people(person_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.billing_accounts
    ADD CONSTRAINT billing_accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.billing_customers
    ADD CONSTRAINT billing_customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.billing_objects
    ADD CONSTRAINT billing_objects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.billing_subscriptions
    ADD CONSTRAINT billing_subscriptions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.billing_unmatched
    ADD CONSTRAINT billing_unmatched_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.billing_usage_reports
    ADD CONSTRAINT billing_usage_reports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.capture_warnings
    ADD CONSTRAINT capture_warnings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.catalog_artists
    ADD CONSTRAINT catalog_artists_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.catalog_events
    ADD CONSTRAINT catalog_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.catalog_tracks
    ADD CONSTRAINT catalog_tracks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.catalog_venues
    ADD CONSTRAINT catalog_venues_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.coliseum_boards
    ADD CONSTRAINT coliseum_boards_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.coliseum_closings
    ADD CONSTRAINT coliseum_closings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.coliseum_leaderboards
    ADD CONSTRAINT coliseum_leaderboards_tenant_id_metric_kind_grain_starts_a_fkey FOREIGN KEY (tenant_id, metric, kind, grain, starts_at) REFERENCES public.coliseum_seasons(tenant_id, metric, kind, grain, starts_at);
ALTER TABLE ONLY public.coliseum_names
    ADD CONSTRAINT coliseum_names_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.coliseum_seasons
    ADD CONSTRAINT coliseum_seasons_tenant_id_grain_starts_at_fkey FOREIGN KEY (tenant_id, grain, starts_at) REFERENCES public.coliseum_closings(tenant_id, grain, starts_at);
ALTER TABLE ONLY public.dashboards_dashboards
    ADD CONSTRAINT dashboards_dashboards_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.dashboards_shares
    ADD CONSTRAINT dashboards_shares_tenant_id_dashboard_id_fkey FOREIGN KEY (tenant_id, dashboard_id) REFERENCES public.dashboards_dashboards(tenant_id, dashboard_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dashboards_shares
    ADD CONSTRAINT dashboards_shares_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.hooks_crossings
    ADD CONSTRAINT hooks_crossings_tenant_id_name_fkey FOREIGN KEY (tenant_id, name) REFERENCES public.hooks_thresholds(tenant_id, name) ON DELETE CASCADE;
ALTER TABLE ONLY public.hooks_deliveries
    ADD CONSTRAINT hooks_deliveries_tenant_id_endpoint_id_fkey FOREIGN KEY (tenant_id, endpoint_id) REFERENCES public.hooks_endpoints(tenant_id, endpoint_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hooks_deliveries
    ADD CONSTRAINT hooks_deliveries_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES public.hooks_messages(tenant_id, message_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hooks_endpoints
    ADD CONSTRAINT hooks_endpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.hooks_leaders
    ADD CONSTRAINT hooks_leaders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.hooks_messages
    ADD CONSTRAINT hooks_messages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.hooks_thresholds
    ADD CONSTRAINT hooks_thresholds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.passport_heads
    ADD CONSTRAINT passport_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.privacy_consents
    ADD CONSTRAINT privacy_consents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.privacy_consents
    ADD CONSTRAINT privacy_consents_tenant_id_subject_id_fkey FOREIGN KEY (tenant_id, subject_id) REFERENCES public.passport_subjects(tenant_id, subject_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.privacy_erasures
    ADD CONSTRAINT privacy_erasures_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.privacy_retention
    ADD CONSTRAINT privacy_retention_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.privacy_suppressed
    ADD CONSTRAINT privacy_suppressed_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.processor_cursors
    ADD CONSTRAINT processor_cursors_tenant_id_consumer_fkey FOREIGN KEY (tenant_id, consumer) REFERENCES public.processor_units(tenant_id, consumer);
ALTER TABLE ONLY public.processor_dead_letters
    ADD CONSTRAINT processor_dead_letters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.processor_units
    ADD CONSTRAINT processor_units_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.stadium_votings
    ADD CONSTRAINT stadium_votings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE ONLY public.usage_days
    ADD CONSTRAINT usage_days_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.accounts_tenants(tenant_id);
ALTER TABLE public.accounts_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_issuers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_recovery_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_signups ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_objects ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_stripe_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_subscriptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_unmatched ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_usage_reports ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.capture_warnings ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.catalog_artists ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.catalog_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.catalog_tracks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.catalog_venues ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_boards ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_closings ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_fan_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_gross ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_leaderboards ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_names ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_rollups ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.coliseum_seasons ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.dashboards_dashboards ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.dashboards_shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_crossings ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_leaders ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hooks_thresholds ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.mediaid_affinities ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_entries_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_personal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.passport_subjects ENABLE ROW LEVEL SECURITY;
CREATE POLICY people_only ON public.accounts_identities TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_links TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_outbox TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_people TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_recovery_codes TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_refresh_tokens TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_sessions TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.accounts_signups TO coliseum_accounts USING (true) WITH CHECK (true);
CREATE POLICY people_only ON public.billing_stripe_events TO coliseum_accounts USING (true) WITH CHECK (true);
ALTER TABLE public.privacy_consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.privacy_erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.privacy_retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.privacy_suppressed ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.processor_cursors ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.processor_dead_letters ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.processor_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.processor_units ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.stadium_votings ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON public.accounts_invitations USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.accounts_issuers USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.accounts_keys USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.accounts_members USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.accounts_tenants USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_accounts USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_customers USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_objects USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_subscriptions USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_unmatched USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.billing_usage_reports USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.capture_warnings USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.catalog_artists USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.catalog_events USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.catalog_tracks USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.catalog_venues USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_boards USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_closings USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_fan_hours USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_gross USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_hours USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_leaderboards USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_names USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_rollups USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.coliseum_seasons USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.dashboards_dashboards USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.dashboards_shares USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_crossings USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_deliveries USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_endpoints USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_leaders USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_messages USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.hooks_thresholds USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.mediaid_affinities USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_entries USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_entries_default USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_heads USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_keys USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_personal USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_references USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.passport_subjects USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.privacy_consents USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.privacy_erasures USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.privacy_retention USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.privacy_suppressed USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.processor_cursors USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.processor_dead_letters USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.processor_units USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.stadium_votings USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.trail_entries USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.trail_heads USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.treasury_balances USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.treasury_transfers USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
CREATE POLICY tenant_only ON public.usage_days USING ((tenant_id = public.coliseum_tenant())) WITH CHECK ((tenant_id = public.coliseum_tenant()));
ALTER TABLE public.trail_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.trail_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.treasury_balances ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.treasury_transfers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.usage_days ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA public TO coliseum_capture;
GRANT USAGE ON SCHEMA public TO coliseum_processor;
GRANT USAGE ON SCHEMA public TO coliseum_app;
GRANT USAGE ON SCHEMA public TO coliseum_accounts;
GRANT SELECT,INSERT ON TABLE public.passport_entries TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_entries TO coliseum_app;
GRANT SELECT ON TABLE public.passport_entries TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.processor_cursors TO coliseum_processor;
GRANT SELECT ON TABLE public.processor_cursors TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.processor_cursors TO coliseum_accounts;
GRANT SELECT ON TABLE public.processor_cursors TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.processor_dead_letters TO coliseum_processor;
GRANT SELECT ON TABLE public.processor_dead_letters TO coliseum_app;
GRANT SELECT ON TABLE public.processor_dead_letters TO coliseum_accounts;
GRANT UPDATE(asked_at) ON TABLE public.processor_dead_letters TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.processor_units TO coliseum_processor;
GRANT SELECT ON TABLE public.processor_units TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.processor_units TO coliseum_accounts;
GRANT SELECT ON TABLE public.processor_units TO coliseum_capture;
GRANT SELECT ON TABLE public.coliseum_rules TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_rules TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_metrics TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_metrics TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coliseum_names TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_names TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.catalog_artists TO coliseum_processor;
GRANT SELECT ON TABLE public.catalog_artists TO coliseum_app;
GRANT SELECT ON TABLE public.catalog_artists TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.catalog_events TO coliseum_processor;
GRANT SELECT ON TABLE public.catalog_events TO coliseum_app;
GRANT SELECT ON TABLE public.catalog_events TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.catalog_venues TO coliseum_processor;
GRANT SELECT ON TABLE public.catalog_venues TO coliseum_app;
GRANT SELECT ON TABLE public.catalog_venues TO coliseum_capture;
GRANT SELECT ON TABLE public.coliseum_artist_places TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_artist_places TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_bills TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_bills TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_event_places TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_event_places TO coliseum_processor;
GRANT SELECT,INSERT,DELETE ON TABLE public.coliseum_fan_hours TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_fan_hours TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coliseum_hours TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_hours TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coliseum_rollups TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_rollups TO coliseum_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.passport_heads TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_heads TO coliseum_app;
GRANT SELECT ON TABLE public.passport_heads TO coliseum_processor;
GRANT SELECT,INSERT ON TABLE public.passport_heads TO coliseum_accounts;
REVOKE ALL ON FUNCTION public.coliseum_protect(target regclass) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.coliseum_protect_people(target regclass) FROM PUBLIC;
GRANT SELECT,INSERT,UPDATE ON TABLE public.hooks_deliveries TO coliseum_accounts;
GRANT SELECT,INSERT,UPDATE ON TABLE public.hooks_deliveries TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hooks_endpoints TO coliseum_accounts;
GRANT SELECT ON TABLE public.hooks_endpoints TO coliseum_processor;
GRANT UPDATE(failing_since) ON TABLE public.hooks_endpoints TO coliseum_processor;
GRANT UPDATE(disabled_at) ON TABLE public.hooks_endpoints TO coliseum_processor;
GRANT UPDATE(disabled_reason) ON TABLE public.hooks_endpoints TO coliseum_processor;
GRANT SELECT,INSERT ON TABLE public.hooks_messages TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE ON TABLE public.hooks_messages TO coliseum_processor;
REVOKE ALL ON FUNCTION public.passport_append(tenant integer, part smallint, received_at timestamp with time zone, people public.passport_new_person[], entries public.passport_new_entry[], personal public.passport_new_personal[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.passport_append(tenant integer, part smallint, received_at timestamp with time zone, people public.passport_new_person[], entries public.passport_new_entry[], personal public.passport_new_personal[]) TO coliseum_capture;
REVOKE ALL ON FUNCTION public.passport_make_partitions(since timestamp with time zone, ahead integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.passport_store_people(tenant integer, people public.passport_new_person[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.passport_store_people(tenant integer, people public.passport_new_person[]) TO coliseum_capture;
REVOKE ALL ON FUNCTION public.privacy_hold_people(tenant integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.privacy_hold_people(tenant integer) TO coliseum_capture;
REVOKE ALL ON FUNCTION public.privacy_note_consent() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.trail_refuse() FROM PUBLIC;
GRANT SELECT,INSERT,DELETE ON TABLE public.accounts_identities TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_identities TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_invitations TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_invitations TO coliseum_capture;
GRANT SELECT(tenant_id) ON TABLE public.accounts_invitations TO coliseum_app;
GRANT SELECT(expires_at) ON TABLE public.accounts_invitations TO coliseum_app;
GRANT SELECT(accepted_at) ON TABLE public.accounts_invitations TO coliseum_app;
GRANT SELECT(revoked_at) ON TABLE public.accounts_invitations TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_issuers TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_issuers TO coliseum_capture;
GRANT SELECT ON TABLE public.accounts_keys TO coliseum_capture;
GRANT SELECT ON TABLE public.accounts_keys TO coliseum_processor;
GRANT SELECT ON TABLE public.accounts_keys TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(revoked_at) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(name) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(scopes) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(origins) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(addresses) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(expires_at) ON TABLE public.accounts_keys TO coliseum_accounts;
GRANT UPDATE(last_used_at) ON TABLE public.accounts_keys TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_links TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_members TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_members TO coliseum_capture;
GRANT SELECT(tenant_id) ON TABLE public.accounts_members TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_outbox TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_people TO coliseum_accounts;
GRANT SELECT(person_id) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(email) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(name) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(password_changed_at) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(email_verified_at) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(totp_confirmed_at) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT(disabled_at) ON TABLE public.accounts_people TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_recovery_codes TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_refresh_tokens TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_sessions TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_sessions TO coliseum_capture;
GRANT UPDATE(seen_at) ON TABLE public.accounts_sessions TO coliseum_capture;
GRANT SELECT,INSERT,DELETE ON TABLE public.accounts_signups TO coliseum_accounts;
GRANT SELECT ON TABLE public.accounts_tenants TO coliseum_capture;
GRANT SELECT ON TABLE public.accounts_tenants TO coliseum_processor;
GRANT SELECT ON TABLE public.accounts_tenants TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(name) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(time_zone) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(currency) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(plan) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(allowed_origins) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(retention_months) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(consent_policy) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(second_factor_required) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(suspended_at) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT UPDATE(revision) ON TABLE public.accounts_tenants TO coliseum_accounts;
GRANT USAGE ON SEQUENCE public.accounts_tenants_tenant_id_seq TO coliseum_accounts;
GRANT SELECT ON TABLE public.audit_facts TO coliseum_processor;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_accounts TO coliseum_accounts;
GRANT SELECT ON TABLE public.billing_accounts TO coliseum_capture;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_customers TO coliseum_accounts;
GRANT SELECT ON TABLE public.billing_customers TO coliseum_capture;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_objects TO coliseum_accounts;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_stripe_events TO coliseum_accounts;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_subscriptions TO coliseum_accounts;
GRANT SELECT ON TABLE public.billing_subscriptions TO coliseum_capture;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_unmatched TO coliseum_accounts;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_usage_reports TO coliseum_accounts;
GRANT SELECT ON TABLE public.billing_usage_reports TO coliseum_capture;
GRANT SELECT,INSERT,UPDATE ON TABLE public.capture_warnings TO coliseum_capture;
GRANT SELECT ON TABLE public.capture_warnings TO coliseum_app;
GRANT SELECT ON TABLE public.capture_warnings TO coliseum_processor;
GRANT SELECT ON TABLE public.capture_warnings TO coliseum_accounts;
GRANT UPDATE(last_message) ON TABLE public.capture_warnings TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.catalog_tracks TO coliseum_processor;
GRANT SELECT ON TABLE public.catalog_tracks TO coliseum_app;
GRANT SELECT ON TABLE public.catalog_tracks TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coliseum_boards TO coliseum_app;
GRANT SELECT ON TABLE public.coliseum_boards TO coliseum_processor;
GRANT SELECT,INSERT ON TABLE public.coliseum_closings TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_closings TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.coliseum_gross TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_gross TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.coliseum_leaderboards TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_leaderboards TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.coliseum_seasons TO coliseum_processor;
GRANT SELECT ON TABLE public.coliseum_seasons TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.dashboards_dashboards TO coliseum_accounts;
GRANT SELECT ON TABLE public.dashboards_dashboards TO coliseum_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.dashboards_shares TO coliseum_accounts;
GRANT SELECT ON TABLE public.dashboards_shares TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.hooks_crossings TO coliseum_processor;
GRANT USAGE ON SEQUENCE public.hooks_endpoints_endpoint_id_seq TO coliseum_accounts;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hooks_leaders TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hooks_thresholds TO coliseum_accounts;
GRANT SELECT ON TABLE public.hooks_thresholds TO coliseum_processor;
GRANT UPDATE(open_since) ON TABLE public.hooks_thresholds TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.mediaid_affinities TO coliseum_processor;
GRANT SELECT ON TABLE public.mediaid_affinities TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.passport_keys TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_keys TO coliseum_app;
GRANT SELECT ON TABLE public.passport_keys TO coliseum_processor;
GRANT SELECT,INSERT ON TABLE public.passport_subjects TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_subjects TO coliseum_app;
GRANT SELECT ON TABLE public.passport_subjects TO coliseum_processor;
GRANT SELECT,DELETE ON TABLE public.passport_subjects TO coliseum_accounts;
GRANT SELECT ON TABLE public.passport_log TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.passport_personal TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_personal TO coliseum_app;
GRANT SELECT ON TABLE public.passport_personal TO coliseum_processor;
GRANT SELECT,DELETE ON TABLE public.passport_personal TO coliseum_accounts;
GRANT SELECT ON TABLE public.passport_processed TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.passport_references TO coliseum_capture;
GRANT SELECT ON TABLE public.passport_references TO coliseum_app;
GRANT SELECT ON TABLE public.passport_references TO coliseum_processor;
GRANT USAGE ON SEQUENCE public.passport_subjects_subject_id_seq TO coliseum_capture;
GRANT SELECT,INSERT ON TABLE public.privacy_consents TO coliseum_capture;
GRANT SELECT ON TABLE public.privacy_consents TO coliseum_processor;
GRANT UPDATE(granted) ON TABLE public.privacy_consents TO coliseum_capture;
GRANT UPDATE(partition) ON TABLE public.privacy_consents TO coliseum_capture;
GRANT UPDATE("offset") ON TABLE public.privacy_consents TO coliseum_capture;
GRANT SELECT,INSERT ON TABLE public.privacy_erasures TO coliseum_accounts;
GRANT SELECT ON TABLE public.privacy_erasures TO coliseum_capture;
GRANT SELECT ON TABLE public.privacy_erasures TO coliseum_processor;
GRANT USAGE ON SEQUENCE public.privacy_erasures_number_seq TO coliseum_accounts;
GRANT SELECT ON TABLE public.privacy_retention TO coliseum_processor;
GRANT SELECT,INSERT ON TABLE public.privacy_suppressed TO coliseum_accounts;
GRANT SELECT ON TABLE public.privacy_suppressed TO coliseum_capture;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.processor_nodes TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stadium_votings TO coliseum_accounts;
GRANT SELECT ON TABLE public.stadium_votings TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.trail_entries TO coliseum_accounts;
GRANT SELECT,INSERT ON TABLE public.trail_entries TO coliseum_app;
GRANT SELECT,INSERT ON TABLE public.trail_entries TO coliseum_processor;
GRANT SELECT,INSERT,UPDATE ON TABLE public.trail_heads TO coliseum_accounts;
GRANT SELECT,INSERT,UPDATE ON TABLE public.trail_heads TO coliseum_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.trail_heads TO coliseum_processor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.treasury_balances TO coliseum_processor;
GRANT SELECT ON TABLE public.treasury_balances TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.treasury_transfers TO coliseum_processor;
GRANT SELECT ON TABLE public.treasury_transfers TO coliseum_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.usage_days TO coliseum_processor;
GRANT SELECT ON TABLE public.usage_days TO coliseum_app;
GRANT SELECT ON TABLE public.usage_days TO coliseum_capture;
