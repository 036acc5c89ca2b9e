SELECT endpoint_id, 'threshold.reached' = ANY (topics) AS thresholds, 'board.leader_changed' = ANY (topics) AS leaders, boards
FROM hooks_endpoints
WHERE tenant_id = $1 AND disabled_at IS NULL AND topics && ARRAY['threshold.reached', 'board.leader_changed']
ORDER BY endpoint_id
