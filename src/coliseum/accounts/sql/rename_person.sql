UPDATE accounts_people SET name = $2 WHERE person_id = $1
