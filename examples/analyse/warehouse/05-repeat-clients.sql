-- How many clients came back on another day, on how many days did they write, and what share of all tickets is theirs? (10 means 10 days or more.)
SELECT
  LEAST(days, 10) AS on_days,
  COUNT(*) AS clients,
  SUM(tickets) AS tickets,
  100e0 * SUM(tickets) / (SELECT COUNT(*) FROM fact_ticket) AS percent_of_tickets
FROM v_repeat_clients
GROUP BY LEAST(days, 10)
ORDER BY on_days;
