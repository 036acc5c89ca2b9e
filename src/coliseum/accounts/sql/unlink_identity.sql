DELETE FROM accounts_identities WHERE issuer = $1 AND foreign_subject = $2 AND person_id = $3 RETURNING true
