-- From the first month with a number of the tenant's to the last; $1 tenant, $2 stored metric
SELECT min(bucket) AS first, max(bucket) AS last FROM coliseum_facts($1, $2, 0, 3, NULL, NULL)
