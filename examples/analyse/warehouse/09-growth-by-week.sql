-- How does each week (from Monday, UTC) compare with the week before?
WITH weeks AS (
  SELECT
    DATE_SUB(d.date_key, INTERVAL d.day_of_week - 1 DAY) AS week,
    COUNT(*) AS tickets,
    COUNT(DISTINCT t.client_id) AS clients
  FROM fact_ticket t
  JOIN dim_date d ON d.date_key = t.snapshot_date
  GROUP BY DATE_SUB(d.date_key, INTERVAL d.day_of_week - 1 DAY)
)
SELECT
  week,
  tickets,
  clients,
  100e0 * (tickets - LAG(tickets) OVER (ORDER BY week)) / LAG(tickets) OVER (ORDER BY week) AS growth_percent
FROM weeks
ORDER BY week;
