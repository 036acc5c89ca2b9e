-- When the tenant's first entry was received; null when there is none. $1 tenant
SELECT coliseum_first_received($1) AS first_received_at
