"""Asks one dataset after another with DuckDB on two threads: `{path, format, query}` a line in, `{seconds, rows}` a line out. Arrow comes from pyarrow."""

import json
import sys
import time

import duckdb
import pyarrow
import pyarrow.dataset

pyarrow.set_cpu_count(2)

TEXT = ["ticket_id", "client_id", "request", "request_type", "priority", "assigned_team"]
COLUMNS = "{" + ", ".join(f"'{name}': '{'TIMESTAMPTZ' if name == 'created_at' else 'VARCHAR'}'" for name in [*TEXT[:2], "created_at", *TEXT[2:]]) + "}"

# Types are told where the files have none: guessing them would read the files once more.
FROM = {
    "parquet": "read_parquet('{path}/*.parquet')",
    "json": "read_json('{path}/*.jsonl', format = 'newline_delimited', columns = {columns})",
    "csv": "read_csv('{path}/*.csv', header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {columns})",
    "arrow": "arrow",
}

QUERIES = {
    # Each value is looked at, and all formats have to agree on it.
    "all": f"SELECT count(*)::VARCHAR, bit_xor(hash({', '.join(TEXT)}, epoch_ms(created_at)))::VARCHAR FROM tickets",
    "teams": "SELECT assigned_team, created_at::DATE::VARCHAR AS day, count(*) FROM tickets GROUP BY ALL ORDER BY ALL",
    "client": "SELECT ticket_id, epoch_ms(created_at), request FROM tickets WHERE client_id = 'CLIENT_8919' ORDER BY ALL",
}

for line in sys.stdin:
    job = json.loads(line)
    db = duckdb.connect(config={"threads": 2})
    db.execute("SET TimeZone = 'UTC'")
    began = time.perf_counter()
    if job["format"] == "arrow":
        db.register("arrow", pyarrow.dataset.dataset(job["path"], format="arrow"))
    source = FROM[job["format"]].replace("{path}", job["path"].replace("'", "''")).replace("{columns}", COLUMNS)
    rows = db.execute(QUERIES[job["query"]].replace("FROM tickets", f"FROM {source}")).fetchall()
    seconds = time.perf_counter() - began
    db.close()
    print(json.dumps({"seconds": seconds, "rows": rows}), flush=True)
