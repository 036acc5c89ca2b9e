UPDATE accounts_people SET password_hash = $2 WHERE person_id = $1 AND password_hash = $3
