INSERT INTO coliseum_gross AS g (tenant_id, generation, metric, gross)
SELECT $1, $2, metric, sum(gross) FROM coliseum_batch WHERE kind = 'tenant' GROUP BY metric
ON CONFLICT (tenant_id, generation, metric) DO UPDATE SET gross = g.gross + excluded.gross
