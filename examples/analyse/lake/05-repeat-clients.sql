-- How many clients came back on another day, on how many days did they write, and what share of all tickets is theirs? (10 means 10 days or more.)
WITH clients AS (
  SELECT client_id, count(*) AS tickets, count(DISTINCT created_at::DATE) AS days
  FROM tickets
  GROUP BY client_id
)
SELECT
  least(days, 10) AS on_days,
  count(*) AS clients,
  sum(tickets) AS tickets,
  100e0 * sum(tickets) / (SELECT count(*) FROM tickets) AS percent_of_tickets
FROM clients
WHERE days > 1
GROUP BY on_days
ORDER BY on_days;
