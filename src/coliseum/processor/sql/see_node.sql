INSERT INTO processor_nodes (node_id, seen_at) VALUES ($1, now())
ON CONFLICT (node_id) DO UPDATE SET seen_at = excluded.seen_at
