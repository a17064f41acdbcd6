-- How many tickets come in each hour of the day (UTC), and how many of them on an average weekday and on an average weekend day?
WITH spans AS (
  SELECT COUNT(CASE WHEN NOT is_weekend THEN 1 END) AS weekdays, COUNT(CASE WHEN is_weekend THEN 1 END) AS weekend_days
  FROM dim_date
  WHERE date_key IN (SELECT snapshot_date FROM fact_ticket)
)
SELECT
  v.hour,
  SUM(v.tickets) AS tickets,
  1e0 * SUM(CASE WHEN d.is_weekend THEN 0 ELSE v.tickets END) / NULLIF(MAX(spans.weekdays), 0) AS on_a_weekday,
  1e0 * SUM(CASE WHEN d.is_weekend THEN v.tickets ELSE 0 END) / NULLIF(MAX(spans.weekend_days), 0) AS on_a_weekend_day
FROM v_hourly_volume v
JOIN dim_date d ON d.date_key = v.date_key
CROSS JOIN spans
GROUP BY v.hour
ORDER BY v.hour;
