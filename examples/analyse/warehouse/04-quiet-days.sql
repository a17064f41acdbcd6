-- Which ten days were the slowest, against the average of the same day of the week?
WITH days AS (
  SELECT date_key, day_name, SUM(tickets) AS tickets
  FROM v_daily_volume_by_team
  GROUP BY date_key, day_name
), compared AS (
  SELECT
    date_key,
    day_name,
    tickets,
    100e0 * tickets * COUNT(*) OVER (PARTITION BY day_name) / SUM(tickets) OVER (PARTITION BY day_name) AS percent_of_usual
  FROM days
)
SELECT date_key AS day, day_name, tickets, percent_of_usual
FROM compared
ORDER BY percent_of_usual, date_key
LIMIT 10;
