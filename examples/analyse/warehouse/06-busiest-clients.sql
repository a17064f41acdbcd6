-- Which ten clients write the most, how often is it urgent, and when did they write last?
SELECT
  c.client_id,
  COUNT(*) AS tickets,
  COUNT(DISTINCT t.snapshot_date) AS on_days,
  COUNT(CASE WHEN p.is_urgent THEN 1 END) AS urgent,
  c.last_ticket_at
FROM dim_client c
JOIN fact_ticket t ON t.client_id = c.client_id
JOIN dim_priority p ON p.priority = t.priority
GROUP BY c.client_id, c.last_ticket_at
ORDER BY tickets DESC, c.client_id
LIMIT 10;
