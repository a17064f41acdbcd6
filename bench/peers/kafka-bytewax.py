"""The job in bytewax: kafka-bytewax.py <brokers> <topic> <out> <scratch> <processes>."""

import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

if __name__ == "__main__":
    *job, processes = sys.argv[1:6]
    # As its documentation runs several processes on one machine.
    flow = [sys.executable, "-m", "bytewax.testing", f"{Path(__file__).name}:flow", "-p", processes]
    environment = {**os.environ, "BENCH_JOB": json.dumps(job)}
    if subprocess.run(flow, cwd=Path(__file__).parent, env=environment).returncode != 0:
        sys.exit("bytewax failed")
    ended = time.time()
    # Each process has left a file when it had imported all.
    began = max(file.stat().st_mtime for file in Path(job[3]).iterdir())
    print("BENCH", json.dumps({"seconds": ended - began}), flush=True)
    sys.exit()

import bytewax.operators as op
import bytewax.operators.windowing as win
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition

BROKERS, TOPIC, OUT, SCRATCH = json.loads(os.environ["BENCH_JOB"])
TEAMS = {"billing": "Billing Team", "technical": "Technical Support", "account": "Account Management", "general": "General Support"}
TIME = pa.timestamp("ms", tz="UTC")
TICKET = [(name, pa.string()) for name in ["ticket_id", "client_id", "request", "request_type", "priority", "assigned_team"]]
ROWS = 100_000


class ParquetPartition(StatelessSinkPartition):
    """One file of a worker: row groups of ROWS rows, the footer when the input has ended."""

    def __init__(self, path, schema):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.schema, self.rows = schema, []
        self.writer = pq.ParquetWriter(path, schema, compression="snappy")

    def write_batch(self, items):
        self.rows.extend(items)
        if len(self.rows) >= ROWS:
            self.flush()

    def flush(self):
        self.writer.write_table(pa.Table.from_pylist(self.rows, self.schema))
        self.rows = []

    def close(self):
        if self.rows:
            self.flush()
        self.writer.close()


class ParquetSink(DynamicSink):
    def __init__(self, name, fields):
        self.name, self.schema = name, pa.schema(fields)

    def build(self, step_id, worker_index, worker_count):
        return ParquetPartition(Path(OUT) / self.name / f"{worker_index}.parquet", self.schema)


def enrich(messages):
    for message in messages:
        ticket = orjson.loads(message.value)
        ticket["created_at"] = datetime.fromisoformat(ticket["created_at"])
        ticket["assigned_team"] = TEAMS[ticket["request_type"]]
        yield ticket


def add(state, ticket):
    state[0] += 1
    state[1].add(ticket[1])
    return state


def merge(a, b):
    return [a[0] + b[0], a[1] | b[1]]


flow = Dataflow("bench")
messages = op.input("kafka", flow, KafkaSource([BROKERS], [TOPIC], tail=False, batch_size=5000))
tickets = op.flat_map_batch("enrich", messages, enrich)
op.output("tickets", tickets, ParquetSink("tickets_with_assignment", [*TICKET, ("created_at", TIME)]))
high = op.filter("high", tickets, lambda ticket: ticket["priority"] in ("high", "critical"))
op.output("high-priority", high, ParquetSink("high_priority_tickets", [*TICKET, ("created_at", TIME)]))

# Partitions that are read from their start drift apart by minutes. The end of the input closes all windows, so waiting long costs memory only.
clock = win.EventClock(lambda ticket: ticket[0], wait_for_system_duration=timedelta(days=1000))
minute = win.TumblingWindower(align_to=datetime(2026, 1, 1, tzinfo=timezone.utc), length=timedelta(minutes=1))


def windows(by, name):
    keyed = op.flat_map_batch(f"key-{by}", tickets, lambda batch: [(t[by], (t["created_at"], t["client_id"])) for t in batch])
    counts = win.fold_window(f"count-{by}", keyed, clock, minute, lambda: [0, set()], add, merge, ordered=False)

    def row(item):
        key, (window, (count, clients)) = item
        start = minute.align_to + window * minute.length
        return {"window_start": start, by: key, "tickets": count, "clients": len(clients)}

    fields = [("window_start", TIME), (by, pa.string()), ("tickets", pa.int64()), ("clients", pa.int64())]
    op.output(name, op.map(f"row-{by}", counts.down, row), ParquetSink(name, fields))


windows("request_type", "tickets_by_type")
windows("priority", "tickets_by_priority")
Path(SCRATCH, str(os.getpid())).touch()
