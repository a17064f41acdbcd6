import json
import os
import sys
import time

import duckdb

source, out, scratch = sys.argv[1:4]

began = time.perf_counter()
db = duckdb.connect()
db.execute("SET threads = 2; SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
db.execute(
    """
    CREATE TABLE tickets AS
    SELECT *, CASE request_type WHEN 'billing' THEN 'Billing Team' WHEN 'technical' THEN 'Technical Support'
      WHEN 'account' THEN 'Account Management' WHEN 'general' THEN 'General Support' END AS assigned_team
    FROM read_json(?, format = 'newline_delimited', ignore_errors = true, columns = {
      ticket_id: 'VARCHAR', client_id: 'VARCHAR', created_at: 'TIMESTAMPTZ', request: 'VARCHAR', request_type: 'VARCHAR', priority: 'VARCHAR'})
    """,
    [source],
)
windows = """
    SELECT time_bucket(INTERVAL '1 minute', created_at) AS window_start, {by}, count(*) AS tickets, count(DISTINCT client_id) AS clients
    FROM tickets GROUP BY ALL
"""
datasets = {
    "tickets_with_assignment": "FROM tickets",
    "high_priority_tickets": "FROM tickets WHERE priority IN ('high', 'critical')",
    "tickets_by_type": windows.format(by="request_type"),
    "tickets_by_priority": windows.format(by="priority"),
}
for name, query in datasets.items():
    os.makedirs(f"{out}/{name}")
    db.execute(f"COPY ({query}) TO '{out}/{name}/data.parquet' (FORMAT parquet, COMPRESSION snappy)")
print("BENCH", json.dumps({"seconds": time.perf_counter() - began}), flush=True)
