-- How long after a ticket does its client write again? The median in hours, by the type of the first of the two.
WITH gaps AS (
  SELECT
    request_type,
    epoch_ms(lead(created_at) OVER (PARTITION BY client_id ORDER BY created_at, ticket_id)) - epoch_ms(created_at) AS gap
  FROM tickets
)
SELECT request_type, count(gap) AS tickets, median(gap) / 3600000e0 AS median_hours
FROM gaps
WHERE gap IS NOT NULL
GROUP BY request_type
ORDER BY request_type;
