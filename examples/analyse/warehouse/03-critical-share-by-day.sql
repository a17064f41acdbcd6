-- What share of each day's tickets (UTC) is critical?
SELECT date_key AS day, tickets, critical, 100e0 * critical / tickets AS critical_percent
FROM v_daily_critical_share
ORDER BY date_key;
