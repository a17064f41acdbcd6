-- Which ten clients write the most, how often is it urgent, and when did they write last?
SELECT
  client_id,
  count(*) AS tickets,
  count(DISTINCT created_at::DATE) AS on_days,
  count(*) FILTER (priority IN ('high', 'critical')) AS urgent,
  max(created_at) AS last_ticket_at
FROM tickets
GROUP BY client_id
ORDER BY tickets DESC, client_id
LIMIT 10;
