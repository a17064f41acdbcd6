-- In which hours did a type of request come at least twice as often as usual at that hour (on weekdays, or at weekends), and ten times at least?
WITH hours AS (
  SELECT
    date_trunc('hour', created_at) AS hour_start,
    request_type,
    count(*) AS tickets
  FROM tickets
  GROUP BY hour_start, request_type
), compared AS (
  SELECT
    hour_start,
    request_type,
    tickets,
    1e0 * sum(tickets) OVER like_it / count(*) OVER like_it AS usual,
    1e0 * tickets * count(*) OVER like_it / sum(tickets) OVER like_it AS times_usual
  FROM hours
  WINDOW like_it AS (PARTITION BY request_type, hour(hour_start), isodow(hour_start) > 5)
)
SELECT hour_start, request_type, tickets, usual, times_usual
FROM compared
WHERE times_usual >= 2 AND tickets >= 10
ORDER BY times_usual DESC, hour_start, request_type
LIMIT 10;
