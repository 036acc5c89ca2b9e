INSERT INTO coliseum_rules (event_type, metric, kind, measure, money) VALUES ($1, $2, $3, $4, $5)
