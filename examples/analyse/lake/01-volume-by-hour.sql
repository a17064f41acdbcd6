-- How many tickets come in each hour of the day (UTC), and how many of them on an average weekday and on an average weekend day?
WITH days AS (
  SELECT DISTINCT created_at::DATE AS day, isodow(created_at) > 5 AS is_weekend
  FROM tickets
), spans AS (
  SELECT count(*) FILTER (NOT is_weekend) AS weekdays, count(*) FILTER (is_weekend) AS weekend_days
  FROM days
)
SELECT
  hour(created_at) AS hour,
  count(*) AS tickets,
  1e0 * count(*) FILTER (isodow(created_at) < 6) / nullif(any_value(weekdays), 0) AS on_a_weekday,
  1e0 * count(*) FILTER (isodow(created_at) > 5) / nullif(any_value(weekend_days), 0) AS on_a_weekend_day
FROM tickets, spans
GROUP BY hour
ORDER BY hour;
