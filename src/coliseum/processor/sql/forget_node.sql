DELETE FROM processor_nodes WHERE node_id = $1 OR seen_at < now() - interval '1 hour'
