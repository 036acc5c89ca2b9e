SELECT person_id FROM accounts_people WHERE person_id = $1 FOR NO KEY UPDATE
