-- That people of tenant $1 became nobody was heard by every process long ago: only somebody who asked has a certificate
DELETE FROM privacy_erasures WHERE tenant_id = $1 AND requested_by = 'retention' AND erased_at < $2
