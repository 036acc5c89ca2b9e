SELECT nextval(pg_get_serial_sequence('hooks_endpoints', 'endpoint_id'))
