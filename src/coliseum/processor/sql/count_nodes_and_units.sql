SELECT (SELECT count(*) FROM processor_nodes WHERE seen_at > now() - make_interval(secs => $1)) AS nodes,
       (SELECT count(*) FROM processor_units) AS units
