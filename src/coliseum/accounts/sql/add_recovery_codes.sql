INSERT INTO accounts_recovery_codes (person_id, number, code_hash)
SELECT $1, number, code_hash FROM unnest($2::text[]) WITH ORDINALITY AS made (code_hash, number)
