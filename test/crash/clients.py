"""Makes topics and reads them back with librdkafka, and databases with PyMySQL and pg8000, so that the campaign's check shares no code with the library.

Each line on stdin is a job as JSON, each line on stdout its answer: {"do": "make" | "plans" | "calls" | "steady" | "dump" | "tell" | "topic" | "grow" | "delete" | "trim" | "sql", ...}.
"""
import base64, json, os, random, re, sys, time, uuid
from urllib.parse import unquote, urlparse
import pg8000.dbapi
import pymysql
from datetime import datetime, timedelta, timezone
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
TYPES = ["billing", "technical", "account", "general"]
PRIORITIES = ["low", "medium", "high", "critical"]
UUID = re.compile(r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$")
CLIENT = re.compile(r"^CLIENT_[1-9]\d{3}$")
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
DAY = timedelta(days=1)


def iso(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def client_of(r, own=None):
    """A client, of those that a partition of so many has."""
    number = r.randint(1000, 1400)
    return f"CLIENT_{number if own is None else number - number % own[1] + own[0]}"


def ticket(r, at, size=0, own=None):
    text = "".join(r.choice("aeiou éü漢😀 xyz") for _ in range(r.randint(5, 60)))
    return {
        "ticket_id": str(uuid.UUID(int=r.getrandbits(128), version=4)),
        "client_id": client_of(r, own),
        "created_at": iso(at),
        "request": text if size == 0 else f"{r.random()}" + "x" * size,
        "request_type": r.choice(TYPES),
        "priority": r.choice(PRIORITIES),
    }


def poison(r, at):
    """A message that is no ticket, each kind in its turn."""
    good = ticket(r, at)
    text = json.dumps(good).encode()
    return r.choice([
        None,
        b"",
        text[: len(text) // 2],
        b"\xff\xfe" + text,
        text.replace(b'"request": "', b'"request": "\xc3\x28'),
        b"null",
        b"[]",
        json.dumps({**good, "ticket_id": "none"}).encode(),
        json.dumps({**good, "priority": "urgent"}).encode(),
        json.dumps({**good, "created_at": "9998-01-01T00:00:00.000Z"}).encode(),
        json.dumps({**good, "created_at": "yesterday"}).encode(),
        json.dumps({**good, "request": ""}).encode(),
        json.dumps({k: v for k, v in good.items() if k != "client_id"}).encode(),
        b"not json " * 5000,
    ])


def messages(seed, partition, count, poison_share, huge, begin_at=0, own=None):
    r = random.Random(f"{seed}/{partition}/{begin_at}")
    for i in range(begin_at, begin_at + count):
        at = BEGIN + timedelta(milliseconds=500 * i + 13 * partition)
        chance = r.random()
        if chance < poison_share:
            yield at, poison(r, at)
            continue
        # Out of order within the 2 seconds that the worker allows, and now and then far too late.
        back = timedelta(minutes=r.randint(3, 9)) if chance > 0.98 else timedelta(milliseconds=r.randint(0, 1900))
        size = 90_000 if huge and i % 25 == 7 else 0
        yield at, json.dumps(ticket(r, max(BEGIN, at - back), size, own), ensure_ascii=False).encode()


def admin(job, ask):
    client = AdminClient({"bootstrap.servers": job["brokers"]})
    for future in ask(client).values():
        future.result()


def topic(job):
    config = {"retention.ms": "-1", **job.get("config", {})}
    admin(job, lambda client: client.create_topics([NewTopic(job["topic"], job.get("partitions", 3), 1, config=config)]))


def make(job):
    transactional = job.get("transactional", False)
    config = {"bootstrap.servers": job["brokers"], "linger.ms": 5, "message.max.bytes": 1000000, "compression.type": job.get("compression", "none")}
    if transactional:
        config["transactional.id"] = f"maker-{job['topic']}"
    producer = Producer(config)
    if transactional:
        producer.init_transactions()
    sent = 0
    open_since = None
    for partition in job.get("only", range(job.get("partitions", 3))):
        for i, (at, value) in enumerate(messages(job["seed"], partition, job["count"], job.get("poison", 0.02), job.get("huge", False), job.get("begin", 0), (partition, job.get("partitions", 3)) if job.get("byClient") else None)):
            if transactional and open_since is None:
                producer.begin_transaction()
                open_since = i
            # Keys repeat on a compacted topic, so that the cleaner has something to do.
            key = str(i % job["keys"]) if job.get("keys") else str(i)
            producer.produce(job["topic"], value=value, key=key, partition=partition, timestamp=int(at.timestamp() * 1000))
            sent += 1
            if sent % 500 == 0:
                producer.poll(0)
            if transactional and i - open_since >= 36:
                # What still waits would be dropped unsent: the offsets must be gone for good.
                producer.flush(30)
                producer.commit_transaction() if (i // 37) % 3 else producer.abort_transaction()
                open_since = None
        if transactional and open_since is not None:
            producer.commit_transaction()
            open_since = None
    producer.flush(30)
    return {"sent": sent}


def others(job, message):
    """Messages over the time of tickets, out of order within 2 seconds, and now and then late. Each is in the partition of its client."""
    producer = Producer({"bootstrap.servers": job["brokers"], "linger.ms": 5})
    for partition in range(job["partitions"]):
        r = random.Random(f"{job['do']}/{job['seed']}/{partition}")
        for i in range(job["count"]):
            at = BEGIN + timedelta(milliseconds=900 * i + 7 * partition)
            back = timedelta(minutes=r.randint(1, 3)) if r.random() > 0.97 else timedelta(milliseconds=r.randint(0, 1900))
            client, at = client_of(r, (partition, job["partitions"])), max(BEGIN, at - back)
            producer.produce(job["topic"], key=client, value=message(r, client, at, i), partition=partition, timestamp=int(at.timestamp() * 1000))
        producer.flush(30)


def plans(job):
    """Versions of a table; some delete."""
    others(job, lambda r, client, at, i: None if r.random() < 0.2 else json.dumps({"client_id": client, "plan": r.choice(["free", "silver", "gold"]), "since": iso(at)}))


def calls(job):
    others(job, lambda r, client, at, i: json.dumps({"client_id": client, "call": i, "called_at": iso(at)}))


def steady(job):
    """Tickets at a steady rate, made at the time of the clock; some come late, some are none. It waits for a broker that is away."""
    r = random.Random(job["seed"])
    producer = Producer({
        "bootstrap.servers": job["brokers"], "enable.idempotence": True, "linger.ms": 5, "message.timeout.ms": 300_000,
        "queue.buffering.max.messages": 1_000_000, "reconnect.backoff.max.ms": 500, "retry.backoff.max.ms": 500, "log_level": 2,
    })
    lost = []
    sent, began, parent = 0, time.monotonic(), os.getppid()
    while os.getppid() == parent:
        passed = min(time.monotonic() - began, job["seconds"])
        at = datetime.now(timezone.utc)
        while sent < int(passed * job["rate"]):
            chance = r.random()
            back = timedelta(minutes=r.randint(3, 9)) if chance > 0.998 else timedelta(milliseconds=r.randint(0, 1900))
            value = poison(r, at) if chance < job["poison"] else json.dumps(ticket(r, at - back), ensure_ascii=False).encode()
            producer.produce(job["topic"], value=value, key=str(sent), partition=sent % job["partitions"], on_delivery=lambda error, _: error and lost.append(error))
            sent += 1
        producer.poll(0.02)
        if passed == job["seconds"]:
            break
    producer.flush(300)
    if lost:
        raise RuntimeError(f"{len(lost)} of {sent} messages were not delivered: {lost[0]}")
    return {"sent": sent}


def verdict(value, timestamp):
    """Ticket or not, told by code of its own."""
    if not value:
        return None
    try:
        t = json.loads(value.decode("utf-8"))
    except ValueError:
        return None
    if not isinstance(t, dict) or not all(isinstance(t.get(k), str) for k in ("ticket_id", "client_id", "created_at", "request")):
        return None
    if not UUID.match(t["ticket_id"]) or not CLIENT.match(t["client_id"]) or not INSTANT.match(t["created_at"]) or t["request"] == "":
        return None
    if t.get("request_type") not in TYPES or t.get("priority") not in PRIORITIES:
        return None
    at = datetime.strptime(t["created_at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    if at > datetime.fromtimestamp(timestamp / 1000, timezone.utc) + DAY:
        return None
    return {k: t[k] for k in ("ticket_id", "client_id", "created_at", "request", "request_type", "priority")}


def committed(job):
    """All that a topic holds for consumers that read committed messages."""
    consumer = Consumer({
        "bootstrap.servers": job["brokers"], "group.id": "campaign-" + str(uuid.uuid4()), "enable.auto.commit": False,
        "isolation.level": "read_committed", "auto.offset.reset": "earliest", "enable.partition.eof": True, "fetch.wait.max.ms": 20,
    })
    found = consumer.list_topics(job["topic"], 10).topics[job["topic"]].partitions
    # A broker that has just started makes its topic of offsets at the first question for them, and answers when it has.
    for _ in range(100):
        try:
            consumer.committed([TopicPartition(job["topic"], p) for p in found], timeout=30)
            break
        except KafkaException:
            time.sleep(0.2)
    consumer.assign([TopicPartition(job["topic"], p, 0) for p in found])
    open_ = set(found)
    while open_:
        m = consumer.poll(10)
        if m is None:
            raise RuntimeError(f"no end of {job['topic']} {open_}")
        if not m.error():
            yield m
        elif m.error().code() == -191:
            open_.discard(m.partition())
        else:
            raise RuntimeError(str(m.error()))
    consumer.close()


def raw(m):
    return None if m.value() is None else base64.b64encode(m.value()).decode()


def dump(job):
    """Messages as the check wants them: tickets by column, others as they are."""
    rows = 0
    with open(job["to"], "w") as out:
        for m in committed(job):
            said = verdict(m.value(), m.timestamp()[1])
            out.write(json.dumps({"partition": m.partition(), "position": m.offset(), "valid": said is not None, "raw": None if said else raw(m), **(said or {})}) + "\n")
            rows += 1
    return {"rows": rows}


def tell(job):
    """Messages as they are, with their headers."""
    rows = 0
    with open(job["to"], "w") as out:
        for m in committed(job):
            try:
                row = json.loads(m.value())
            except (TypeError, ValueError):
                row = None
            headers = {k: v.decode() for k, v in m.headers() or []}
            out.write(json.dumps({"partition": m.partition(), "position": m.offset(), "at": m.timestamp()[1], "key": m.key().decode() if m.key() else None, "raw": raw(m), "headers": headers, "row": row if isinstance(row, dict) else None}) + "\n")
            rows += 1
    return {"rows": rows}


def grow(job):
    admin(job, lambda client: client.create_partitions([NewPartitions(job["topic"], job["partitions"])]))


def delete(job):
    admin(job, lambda client: client.delete_topics([job["topic"]]))


def trim(job):
    admin(job, lambda client: client.delete_records([TopicPartition(job["topic"], p, o) for p, o in enumerate(job["to"])]))


def mariadb(job, url, login):
    connection = pymysql.connect(
        port=url.port or 3306, database=job.get("database"), charset="utf8mb4", autocommit=True, cursorclass=pymysql.cursors.DictCursor, **login
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(job["sql"])
        return cursor.fetchall()


def postgres(job, url, login):
    connection = pg8000.dbapi.connect(port=url.port or 5432, database=job.get("database", "postgres"), **login)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute(job["sql"])
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]
    finally:
        connection.close()


def sql(job):
    """Runs one statement; its rows go to a file."""
    url = urlparse(job["url"])
    login = {"host": url.hostname, "user": unquote(url.username or ""), "password": unquote(url.password or "")}
    rows = (postgres if url.scheme.startswith("postgres") else mariadb)(job, url, login)
    if "to" in job:
        with open(job["to"], "w") as out:
            for row in rows:
                out.write(json.dumps(row, default=str, ensure_ascii=False) + "\n")
    return {"rows": len(rows)}


JOBS = {"topic": topic, "make": make, "plans": plans, "calls": calls, "steady": steady, "dump": dump, "tell": tell, "grow": grow, "delete": delete, "trim": trim, "sql": sql}

for line in sys.stdin:
    job = json.loads(line)
    try:
        answer = JOBS[job["do"]](job) or {}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
