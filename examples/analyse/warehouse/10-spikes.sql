-- In which hours did a type of request come at least twice as often as usual at that hour (on weekdays, or at weekends), and ten times at least?
WITH hours AS (
  -- Windows of an hour, or of what divides an hour.
  SELECT
    CAST(DATE_FORMAT(window_start, '%Y-%m-%d %H:00:00.000') AS DATETIME(3)) AS hour_start,
    snapshot_date,
    request_type,
    SUM(tickets) AS tickets
  FROM v_tickets_by_type
  GROUP BY CAST(DATE_FORMAT(window_start, '%Y-%m-%d %H:00:00.000') AS DATETIME(3)), snapshot_date, request_type
), compared AS (
  SELECT
    h.hour_start,
    h.request_type,
    h.tickets,
    1e0 * SUM(h.tickets) OVER (PARTITION BY h.request_type, HOUR(h.hour_start), d.is_weekend)
      / COUNT(*) OVER (PARTITION BY h.request_type, HOUR(h.hour_start), d.is_weekend) AS usual,
    1e0 * h.tickets * COUNT(*) OVER (PARTITION BY h.request_type, HOUR(h.hour_start), d.is_weekend)
      / SUM(h.tickets) OVER (PARTITION BY h.request_type, HOUR(h.hour_start), d.is_weekend) AS times_usual
  FROM hours h
  JOIN dim_date d ON d.date_key = h.snapshot_date
)
SELECT hour_start, request_type, tickets, usual, times_usual
FROM compared
WHERE times_usual >= 2 AND tickets >= 10
ORDER BY times_usual DESC, hour_start, request_type
LIMIT 10;
