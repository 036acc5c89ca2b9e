SELECT coalesce(a.metadata ->> 'ticketTier', '') AS tier, a.metadata ->> 'currency' AS currency,
       sum((a.metadata ->> 'amountCents')::numeric)::text AS amount
FROM coliseum_acts($1, 'event', ARRAY[$2::text], ARRAY['concierto.ticket_purchased']) AS a
GROUP BY 1, 2
ORDER BY 1, 2
