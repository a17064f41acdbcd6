-- Which ten days were the slowest, against the average of the same day of the week?
WITH days AS (
  SELECT created_at::DATE AS day, dayname(created_at) AS day_name, count(*) AS tickets
  FROM tickets
  GROUP BY day, day_name
), compared AS (
  SELECT
    day,
    day_name,
    tickets,
    100e0 * tickets * count(*) OVER same_day / sum(tickets) OVER same_day AS percent_of_usual
  FROM days
  WINDOW same_day AS (PARTITION BY day_name)
)
SELECT day, day_name, tickets, percent_of_usual
FROM compared
ORDER BY percent_of_usual, day
LIMIT 10;
