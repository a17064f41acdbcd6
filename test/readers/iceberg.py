"""Reads and changes Iceberg tables with pyiceberg and DuckDB: a job a line in, an answer a line out."""

import datetime
import functools
import glob
import json
import sys
import urllib.parse

import duckdb
import duckdb_ext
import pyarrow.parquet
import requests
from plain import arrow_types, plain
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io import load_file_io
from pyiceberg.table import StaticTable
from pyiceberg.transforms import DayTransform, IdentityTransform
from pyiceberg.types import LongType
from pyiceberg.utils.datetime import date_to_days, datetime_to_micros

ARROW = arrow_types("us")
FILES = {"py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"}


@functools.cache
def catalog(uri, *access):
    """A REST catalog; pairs of properties say how files in a bucket are reached."""
    return load_catalog("rest", uri=uri, **FILES, **dict(access))


def open_table(path=None, uri=None, name=None, s3={}):
    """A table of a REST catalog, or of a folder whose metadata lies in it: of the disk, or of a bucket where `s3` says how it is reached."""
    if uri:
        return catalog(uri, *s3.items()).load_table(name)
    access, root = {**FILES, **s3}, f"{path if s3 else f'file://{path}'}/metadata"
    with load_file_io(access).new_input(f"{root}/version-hint.text").open() as hint:
        version = hint.read().decode()
    return StaticTable.from_metadata(f"{root}/v{version}.metadata.json", properties=access)


def answer(table):
    text = lambda type: str(type).replace("large_", "")
    types = {field.name: text(field.type) for field in table.schema}
    return {"types": types, "rows": [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]}


def by_pyiceberg(where, snapshot, **place):
    return open_table(**place).scan(row_filter=where or AlwaysTrue(), snapshot_id=snapshot and int(snapshot)).to_arrow()


@functools.cache
def duckdb_with_iceberg():
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "autoinstall_known_extensions": "false"})
    for name in ("httpfs", "avro", "iceberg"):
        [extension] = [found for path in duckdb_ext.__path__ for found in glob.glob(f"{path}/extensions/*/*/{name}.duckdb_extension")]
        connection.execute(f"LOAD '{extension}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def secret(s3):
    """The same access to a bucket, in the words of DuckDB."""
    address = urllib.parse.urlparse(s3["s3.endpoint"])
    keys = {"KEY_ID": "s3.access-key-id", "SECRET": "s3.secret-access-key", "SESSION_TOKEN": "s3.session-token", "REGION": "s3.region"}
    given = "".join(f", {name} '{s3[key]}'" for name, key in keys.items() if key in s3)
    use_ssl = "true" if address.scheme == "https" else "false"
    return f"CREATE OR REPLACE SECRET bucket (TYPE s3, ENDPOINT '{address.netloc}', URL_STYLE 'path', USE_SSL {use_ssl}{given})"


def by_duckdb(where, snapshot, **place):
    at = f", snapshot_from_id = {snapshot}" if snapshot else ""
    metadata = open_table(**place).metadata_location
    if place.get("s3"):
        duckdb_with_iceberg().execute(secret(place["s3"]))
    return duckdb_with_iceberg().execute(f"SELECT * FROM iceberg_scan('{metadata}'{at}) WHERE {where or 'true'}").fetch_arrow_table()


READERS = {"pyiceberg": by_pyiceberg, "duckdb": by_duckdb}


def read(reader, where=None, snapshot=None, **place):
    return answer(READERS[reader](where, snapshot, **place))


def numbers(reader, conditions, **place):
    """The values of column `n` in the rows that each of several conditions is true of."""
    return {"found": [sorted(READERS[reader](where, None, **place).column("n").to_pylist()) for where in conditions]}


def count(reader="pyiceberg", where=None, **place):
    """The rows that a condition is true of, and how many different values their column `n` has; none where there is no table yet."""
    try:
        table = READERS[reader](where, None, **place)
    except NoSuchTableError:
        return {"rows": 0, "distinct": 0}
    return {"rows": table.num_rows, "distinct": len(set(table.column("n").to_pylist()))}


def dump(to, **place):
    """All rows into a Parquet file."""
    table = by_pyiceberg(None, None, **place)
    pyarrow.parquet.write_table(table, to)
    return {"rows": table.num_rows}


def snapshots(**place):
    """The snapshots from the oldest on, and the properties of the table."""
    table = open_table(**place)
    listed = [{"id": str(one.snapshot_id), "operation": one.summary.operation.value, "summary": dict(one.summary.additional_properties)} for one in table.snapshots()]
    return {"snapshots": listed, "properties": table.properties}


def files(**place):
    """What the manifests say of each file."""
    return {"rows": [json.loads(json.dumps(row, default=str)) for row in open_table(**place).inspect.files().to_pylist()]}


def manifests(**place):
    """What the list of manifests says of each."""
    return {"rows": [json.loads(json.dumps(row, default=str)) for row in open_table(**place).inspect.manifests().to_pylist()]}


def internal(value):
    """A value as transforms take it."""
    if isinstance(value, datetime.datetime):
        return datetime_to_micros(value)
    return date_to_days(value) if isinstance(value, datetime.date) else value


def planned(where=None, **place):
    """The files that a scan reads, with their partitions, and how many of their rows do not belong there by pyiceberg's transforms."""
    table = open_table(**place)
    fields = table.spec().fields

    def expected(row, field):
        for name in table.schema().find_column_name(field.source_id).split("."):
            row = row and row[name]
        return field.transform.transform(table.schema().find_type(field.source_id))(internal(row))

    found = []
    for task in table.scan(row_filter=where or AlwaysTrue()).plan_files():
        partition = [internal(value) for value in task.file.partition]
        rows = pyarrow.parquet.ParquetFile(task.file.file_path.removeprefix("file://")).read().to_pylist()
        misplaced = sum([expected(row, field) for field in fields] != partition for row in rows)
        found.append({"partition": partition, "rows": len(rows), "misplaced": misplaced})
    return {"files": found}


def arrow(rows, columns):
    """Rows, given as JSON, as a table; instants are ISO 8601."""
    schema = pyarrow.schema([(name, ARROW[type]) for name, type in columns.items()])
    of = lambda name, value: datetime.datetime.fromisoformat(value) if value is not None and columns[name] == "timestamp" else value
    return pyarrow.Table.from_pylist([{name: of(name, value) for name, value in row.items()} for row in rows], schema=schema)


def create(uri, name, rows, columns, location, identity=None, day=None, properties={}):
    """Makes a table as others make it, and appends rows."""
    data = arrow(rows, columns)
    catalog(uri).create_namespace_if_not_exists(name.split(".")[0])
    table = catalog(uri).create_table(name, schema=data.schema, location=location, properties=properties)
    with table.update_spec() as spec:
        if identity:
            spec.add_field(identity, IdentityTransform(), identity)
        if day:
            spec.add_field(day, DayTransform(), f"{day}_day")
    if rows:
        catalog(uri).load_table(name).append(data)
    return {}


def append(uri, name, rows, columns):
    catalog(uri).load_table(name).append(arrow(rows, columns))
    return {}


def change(uri, name, how):
    """Changes a table, as its other users do."""
    table = catalog(uri).load_table(name)
    if how == "expire":
        current = table.current_snapshot().snapshot_id
        for one in table.snapshots():
            if one.snapshot_id != current:
                table.maintenance.expire_snapshots().by_id(one.snapshot_id).commit()
                table = catalog(uri).load_table(name)
    elif how == "delete":
        table.delete("n < 10")
    elif how == "rewrite":
        table.overwrite(table.scan().to_arrow())
    elif how == "rename":
        table.update_schema().rename_column("place", "site").commit()
    elif how == "drop column":
        table.update_schema().delete_column("place").commit()
    elif how == "add column":
        table.update_schema().add_column("extra", LongType()).commit()
    elif how == "format 3":
        namespace, short = name.split(".")
        update = {"action": "upgrade-format-version", "format-version": 3}
        requests.post(f"{uri}/v1/namespaces/{namespace}/tables/{short}", json={"requirements": [], "updates": [update]}).raise_for_status()
    elif how == "drop":
        catalog(uri).drop_table(name)
    return {}


JOBS = {name: globals()[name] for name in ("read", "numbers", "count", "dump", "planned", "snapshots", "files", "manifests", "create", "append", "change")}

for line in sys.stdin:
    job = json.loads(line)
    try:
        result = JOBS[job.pop("do")](**job)
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {str(error)[:2000]}"}
    print(json.dumps(result), flush=True)
