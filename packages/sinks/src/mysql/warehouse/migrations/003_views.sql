-- The usual questions. Days and hours are in UTC.

-- The final value of each window: its highest revision.
CREATE OR REPLACE VIEW v_tickets_by_type AS
SELECT window_start, window_end, request_type, tickets, clients, snapshot_date, snapshot_version
FROM (
  SELECT f.*, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, request_type ORDER BY snapshot_version DESC) AS place
  FROM fact_tickets_by_type f
) ranked
WHERE place = 1;

CREATE OR REPLACE VIEW v_tickets_by_priority AS
SELECT window_start, window_end, priority, tickets, clients, snapshot_date, snapshot_version
FROM (
  SELECT f.*, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, priority ORDER BY snapshot_version DESC) AS place
  FROM fact_tickets_by_priority f
) ranked
WHERE place = 1;

CREATE OR REPLACE VIEW v_metrics AS
SELECT window_start, window_end, total_tickets, billing_count, technical_count, account_count, general_count,
  critical_priority_count, unique_clients, snapshot_date, snapshot_version
FROM (
  SELECT f.*, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY snapshot_version DESC) AS place
  FROM fact_metrics f
) ranked
WHERE place = 1;

-- Tickets that are high or critical, with the day they came in.
CREATE OR REPLACE VIEW v_high_priority_tickets AS
SELECT t.ticket_id, t.client_id, t.request_type, t.priority, t.team, t.created_at, t.request, t.snapshot_date, d.day_name
FROM fact_ticket t
JOIN dim_priority p ON p.priority = t.priority
JOIN dim_date d ON d.date_key = t.snapshot_date
WHERE p.is_urgent;

CREATE OR REPLACE VIEW v_daily_volume_by_team AS
SELECT d.date_key, d.day_name, d.is_weekend, t.team, COUNT(*) AS tickets, COUNT(DISTINCT t.client_id) AS clients
FROM fact_ticket t
JOIN dim_date d ON d.date_key = t.snapshot_date
GROUP BY d.date_key, d.day_name, d.is_weekend, t.team;

CREATE OR REPLACE VIEW v_hourly_volume AS
SELECT snapshot_date AS date_key, HOUR(created_at) AS hour, COUNT(*) AS tickets
FROM fact_ticket
GROUP BY snapshot_date, HOUR(created_at);

CREATE OR REPLACE VIEW v_daily_critical_share AS
SELECT snapshot_date AS date_key, COUNT(*) AS tickets, SUM(priority = 'critical') AS critical,
  SUM(priority = 'critical') / COUNT(*) AS critical_share
FROM fact_ticket
GROUP BY snapshot_date;

-- Clients that came back on another day.
CREATE OR REPLACE VIEW v_repeat_clients AS
SELECT client_id, COUNT(*) AS tickets, COUNT(DISTINCT snapshot_date) AS days, MIN(created_at) AS first_ticket_at, MAX(created_at) AS last_ticket_at
FROM fact_ticket
GROUP BY client_id
HAVING COUNT(DISTINCT snapshot_date) > 1;
