SELECT l.person_id, l.email FROM accounts_links l
JOIN accounts_people p USING (person_id)
WHERE l.secret_digest = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > $3
  AND p.disabled_at IS NULL AND (l.purpose <> 'reset_password' OR l.email = p.email)
