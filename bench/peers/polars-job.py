import json
import os
import sys
import time

import polars as pl

source, out, scratch = sys.argv[1:4]

began = time.perf_counter()
teams = {"billing": "Billing Team", "technical": "Technical Support", "account": "Account Management", "general": "General Support"}
columns = ["ticket_id", "client_id", "created_at", "request", "request_type", "priority"]
tickets = pl.scan_ndjson(source, schema={name: pl.String for name in columns}, ignore_errors=True).with_columns(
    pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms", time_zone="UTC"),
    pl.col("request_type").replace_strict(teams).alias("assigned_team"),
)


def windows(by):
    return tickets.group_by(pl.col("created_at").dt.truncate("1m").alias("window_start"), by).agg(
        pl.len().alias("tickets"), pl.col("client_id").n_unique().alias("clients")
    )


datasets = {
    "tickets_with_assignment": tickets,
    "high_priority_tickets": tickets.filter(pl.col("priority").is_in(["high", "critical"])),
    "tickets_by_type": windows("request_type"),
    "tickets_by_priority": windows("priority"),
}
sinks = []
for name, query in datasets.items():
    os.makedirs(f"{out}/{name}")
    sinks.append(query.sink_parquet(f"{out}/{name}/data.parquet", compression="snappy", lazy=True))
pl.collect_all(sinks, engine="streaming")
print("BENCH", json.dumps({"seconds": time.perf_counter() - began}), flush=True)
