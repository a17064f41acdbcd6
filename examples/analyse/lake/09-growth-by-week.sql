-- How does each week (from Monday, UTC) compare with the week before?
WITH weeks AS (
  SELECT date_trunc('week', created_at)::DATE AS week, count(*) AS tickets, count(DISTINCT client_id) AS clients
  FROM tickets
  GROUP BY week
)
SELECT
  week,
  tickets,
  clients,
  100e0 * (tickets - lag(tickets) OVER (ORDER BY week)) / lag(tickets) OVER (ORDER BY week) AS growth_percent
FROM weeks
ORDER BY week;
