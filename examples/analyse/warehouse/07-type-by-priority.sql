-- How urgent is each type of request? The percentages of a type add up to 100.
WITH counted AS (
  SELECT request_type, priority, COUNT(*) AS tickets
  FROM fact_ticket
  GROUP BY request_type, priority
)
SELECT
  c.request_type,
  c.priority,
  c.tickets,
  100e0 * c.tickets / SUM(c.tickets) OVER (PARTITION BY c.request_type) AS percent_of_type
FROM counted c
JOIN dim_priority p ON p.priority = c.priority
ORDER BY c.request_type, p.level;
