-- How long after a ticket does its client write again? The median in hours, by the type of the first of the two.
WITH gaps AS (
  SELECT
    request_type,
    TIMESTAMPDIFF(MICROSECOND, created_at, LEAD(created_at) OVER (PARTITION BY client_id ORDER BY created_at, ticket_id)) DIV 1000 AS gap
  FROM fact_ticket
), ranked AS (
  SELECT
    request_type,
    gap,
    ROW_NUMBER() OVER (PARTITION BY request_type ORDER BY gap) AS place,
    COUNT(*) OVER (PARTITION BY request_type) AS gaps
  FROM gaps
  WHERE gap IS NOT NULL
)
-- Neither MySQL nor MariaDB has an aggregate for the median: it is the middle one, or the mean of the middle two.
SELECT
  request_type,
  MAX(gaps) AS tickets,
  1e0 * SUM(CASE WHEN place IN ((gaps + 1) DIV 2, gaps DIV 2 + 1) THEN gap ELSE 0 END)
    / COUNT(CASE WHEN place IN ((gaps + 1) DIV 2, gaps DIV 2 + 1) THEN 1 END) / 3600000e0 AS median_hours
FROM ranked
GROUP BY request_type
ORDER BY request_type;
