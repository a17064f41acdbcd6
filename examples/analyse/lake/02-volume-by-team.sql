-- How much does each team get, from how many clients, and how much of it is urgent (high or critical)?
SELECT
  assigned_team AS team,
  count(*) AS tickets,
  count(DISTINCT client_id) AS clients,
  count(*) FILTER (priority IN ('high', 'critical')) AS urgent,
  100e0 * count(*) FILTER (priority IN ('high', 'critical')) / count(*) AS urgent_percent
FROM tickets
GROUP BY team
ORDER BY tickets DESC, team;
