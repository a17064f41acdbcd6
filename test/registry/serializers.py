"""Writes and reads topics with Confluent's own serializers, one job a line of JSON: the other side of tests of the formats."""

import base64
import datetime
import decimal
import importlib
import json
import pathlib
import sys
import tempfile

import confluent_kafka
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import json_format

UTC = datetime.timezone.utc


def from_json(value):
    """JSON has no bytes, times and decimals: they come as an object with one key."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(key, inner)] = value.items()
        if key == "$bytes":
            return base64.b64decode(inner)
        if key == "$time":
            return datetime.datetime.fromtimestamp(inner / 1000, UTC)
        if key == "$date":
            return datetime.date.fromisoformat(inner)
        if key == "$decimal":
            return decimal.Decimal(inner)
    return {key: from_json(inner) for key, inner in value.items()}


def to_json(value):
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(inner) for key, inner in value.items()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$time": round(value.timestamp() * 1000)}
    if isinstance(value, datetime.date):
        return {"$date": value.isoformat()}
    if isinstance(value, decimal.Decimal):
        return {"$decimal": str(value)}
    return value


modules = {}


def message_class(job):
    """Compiles the .proto files of a job, and returns the class of its message."""
    from grpc_tools import protoc

    key = json.dumps(job["files"], sort_keys=True)
    if key not in modules:
        folder = pathlib.Path(tempfile.mkdtemp())
        package = f"made{len(modules)}"
        for name, text in job["files"].items():
            (folder / f"{package}_{name}").write_text(text.replace('import "', f'import "{package}_').replace(f'import "{package}_google/', 'import "google/'))
        common = importlib.resources.files("grpc_tools") / "_proto"
        names = [f"{package}_{name}" for name in job["files"]]
        failed = protoc.main(["protoc", f"-I{folder}", f"-I{common}", f"--python_out={folder}", *names])
        if failed:
            raise RuntimeError(f"protoc failed with {failed}")
        sys.path.insert(0, str(folder))
        modules[key] = importlib.import_module(f"{package}_{job['main']}".removesuffix(".proto") + "_pb2")
    found = modules[key]
    for name in job["message"].split("."):
        found = getattr(found, name)
    return found


def serializer(job, registry):
    references = [SchemaReference(r["name"], r["subject"], r["version"]) for r in job.get("references", [])]
    if job["format"] == "avro":
        return AvroSerializer(registry, Schema(json.dumps(job["schema"]), "AVRO", references))
    if job["format"] == "json":
        return JSONSerializer(json.dumps(job["schema"]), registry)
    return ProtobufSerializer(message_class(job), registry, {"use.deprecated.format": False})


def produce(job):
    registry = SchemaRegistryClient({"url": job["registry"]})
    encode = serializer(job, registry)
    producer = confluent_kafka.Producer({"bootstrap.servers": job["brokers"]})
    for i, row in enumerate(job["rows"]):
        if job["format"] == "protobuf":
            value = json_format.ParseDict(row, message_class(job)())
        else:
            value = from_json(row)
        context = SerializationContext(job["topic"], MessageField.VALUE)
        producer.produce(job["topic"], value=encode(value, context), key=str(i), partition=0)
    producer.flush()
    return {}


def unframed(value):
    """The first message of a file comes after a zero, four bytes of an id, and a zero."""
    if value[0] != 0 or value[5] != 0:
        raise ValueError("not framed")
    return value[6:]


def consume(job):
    registry = SchemaRegistryClient({"url": job["registry"]})
    if job["format"] == "avro":
        decode = AvroDeserializer(registry)
    elif job["format"] == "json":
        decode = JSONDeserializer(None, schema_registry_client=registry)
    else:
        # Confluent's own asks the registry for a descriptor, which only Confluent's registry makes of the text of a file.
        decode = lambda value, _: message_class(job).FromString(unframed(value))
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": job["brokers"], "group.id": "other", "enable.auto.commit": False, "isolation.level": "read_committed"}
    )
    consumer.assign([confluent_kafka.TopicPartition(job["topic"], 0, 0)])
    rows = []
    while len(rows) < job["count"]:
        message = consumer.poll(30)
        if message is None:
            raise RuntimeError(f"only {len(rows)} messages")
        if message.error():
            raise RuntimeError(str(message.error()))
        value = decode(message.value(), SerializationContext(job["topic"], MessageField.VALUE))
        if job["format"] == "protobuf":
            value = json_format.MessageToDict(value, preserving_proto_field_name=True)
        rows.append(to_json(value))
    consumer.close()
    return {"rows": rows}


for line in sys.stdin:
    job = json.loads(line)
    try:
        answer = {"produce": produce, "consume": consume}[job["do"]](job)
    except Exception as error:  # noqa: BLE001
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
