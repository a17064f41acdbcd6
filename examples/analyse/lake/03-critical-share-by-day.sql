-- What share of each day's tickets (UTC) is critical?
SELECT
  created_at::DATE AS day,
  count(*) AS tickets,
  count(*) FILTER (priority = 'critical') AS critical,
  100e0 * count(*) FILTER (priority = 'critical') / count(*) AS critical_percent
FROM tickets
GROUP BY day
ORDER BY day;
