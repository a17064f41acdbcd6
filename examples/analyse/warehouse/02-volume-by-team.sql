-- How much does each team get, from how many clients, and how much of it is urgent (high or critical)?
SELECT
  t.team,
  COUNT(*) AS tickets,
  COUNT(DISTINCT t.client_id) AS clients,
  COUNT(CASE WHEN p.is_urgent THEN 1 END) AS urgent,
  100e0 * COUNT(CASE WHEN p.is_urgent THEN 1 END) / COUNT(*) AS urgent_percent
FROM fact_ticket t
JOIN dim_priority p ON p.priority = t.priority
GROUP BY t.team
ORDER BY tickets DESC, t.team;
