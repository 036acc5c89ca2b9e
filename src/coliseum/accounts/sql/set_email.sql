UPDATE accounts_people SET email = $2, email_verified_at = $3 WHERE person_id = $1
