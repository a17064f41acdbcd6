"""The job in Quix Streams: kafka-quix.py <brokers> <topic> <group> <out> <scratch> <processes>."""

import json
import multiprocessing
import os
import sys
import time
from datetime import datetime, timedelta, timezone

from quixstreams import Application
from quixstreams.dataframe.windows.aggregations import Aggregator, Count
from quixstreams.sinks.base.batch import SinkBatch
from quixstreams.sinks.community.file.formats import ParquetFormat
from quixstreams.sinks.community.file.local import LocalFileSink

TEAMS = {"billing": "Billing Team", "technical": "Technical Support", "account": "Account Management", "general": "General Support"}
# Seconds without a message after which a process ends; sinks are written every COMMIT seconds, so that nothing is left by then.
QUIET, COMMIT = 10, 5


class CountDistinct(Aggregator):
    """Quix has none. The state is JSON: a list of numbers is the smallest that it can be."""

    state_suffix = "distinct"

    def initialize(self):
        return []

    def agg(self, old, new, timestamp):
        client = int(new[7:])
        if client not in old:
            old.append(client)
        return old

    def result(self, value):
        return len(value)


class LatestSink(LocalFileSink):
    """Of the updates of a window in one batch only the last is written."""

    def write(self, batch):
        latest = {(item.key, item.timestamp): item for item in batch}
        fewer = SinkBatch(topic=batch.topic, partition=batch.partition)
        for item in latest.values():
            fewer.append(item.value, item.key, item.timestamp, item.headers, item.offset)
        super().write(fewer)


def parse_time(value, headers, timestamp, timestamp_type):
    return int(datetime.fromisoformat(value["created_at"]).timestamp() * 1000)


def enrich(ticket):
    return {**ticket, "created_at": datetime.fromisoformat(ticket["created_at"]), "assigned_team": TEAMS[ticket["request_type"]]}


def windows(tickets, by, name):
    def row(value, key, timestamp, headers):
        start = datetime.fromtimestamp(value["start"] / 1000, timezone.utc)
        # Counts only grow, so that the row with the most tickets is the last.
        return {"window_start": start, by: key, "tickets": value["tickets"], "clients": value["clients"], "revision": value["tickets"]}

    # Partitions of a topic that is read from its start drift apart by minutes, and with a small grace what comes from the slower one
    # would be dropped; with a large one, nothing closes the last windows. So windows are written as they change.
    window = tickets.group_by(by, name=name).apply(lambda ticket: ticket["client_id"]).tumbling_window(timedelta(minutes=1), grace_ms=timedelta(days=1), name=name)
    window.agg(tickets=Count(), clients=CountDistinct()).current().apply(row, metadata=True).sink(
        LatestSink(directory=name, format=ParquetFormat(compression="snappy"))
    )


def work(brokers, topic, group, out, scratch, number, ready, go):
    # The sink takes no path with a dash.
    os.chdir(out)
    app = Application(
        brokers,
        consumer_group=group,
        auto_offset_reset="earliest",
        commit_interval=COMMIT,
        state_dir=f"{scratch}/state-{number}",
        loglevel="WARNING",
        consumer_extra_config={"fetch.min.bytes": 1},
        producer_extra_config={"linger.ms": 50, "compression.type": "lz4"},
    )
    source = app.topic(topic, value_deserializer="json", timestamp_extractor=parse_time)
    tickets = app.dataframe(source)
    enriched = tickets.apply(enrich)
    enriched.sink(LocalFileSink(directory="tickets_with_assignment", format=ParquetFormat(compression="snappy")))
    high = enriched.filter(lambda ticket: ticket["priority"] in ("high", "critical"))
    high.sink(LocalFileSink(directory="high_priority_tickets", format=ParquetFormat(compression="snappy")))
    windows(tickets, "request_type", "tickets_by_type")
    windows(tickets, "priority", "tickets_by_priority")
    ready.release()
    go.wait()
    app.run(timeout=QUIET, collect=False)


def newest(folder):
    files = (os.path.join(path, name) for path, _, names in os.walk(folder) for name in names)
    return max(map(os.path.getmtime, files))


if __name__ == "__main__":
    *job, processes = sys.argv[1:7]
    out = job[3]
    ready, go = multiprocessing.Semaphore(0), multiprocessing.Event()
    workers = [multiprocessing.Process(target=work, args=(*job, number, ready, go)) for number in range(int(processes))]
    for worker in workers:
        worker.start()
    for _ in workers:
        ready.acquire()
    began = time.time()
    go.set()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        sys.exit("a process of Quix Streams failed")
    print("BENCH", json.dumps({"seconds": newest(out) - began}), flush=True)
