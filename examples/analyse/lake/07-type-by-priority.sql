-- How urgent is each type of request? The percentages of a type add up to 100.
SELECT
  request_type,
  priority,
  count(*) AS tickets,
  100e0 * count(*) / sum(count(*)) OVER (PARTITION BY request_type) AS percent_of_type
FROM tickets
GROUP BY request_type, priority
ORDER BY request_type, list_position(['low', 'medium', 'high', 'critical'], priority::VARCHAR);
