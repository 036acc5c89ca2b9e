SELECT passport_store_people($1, $2) AS user_id
