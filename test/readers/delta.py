"""Reads and changes Delta tables with delta-rs, DuckDB and polars: a job a line in, an answer a line out."""

import datetime
import functools
import glob
import json
import os
import re
import sys

import deltalake
import duckdb
import duckdb_ext
import polars
import pyarrow
import pyarrow.parquet
from plain import arrow_types, plain

EXTENSION = glob.glob(f"{duckdb_ext.__path__[0]}/extensions/*/*/delta.duckdb_extension")[0]
ARROW = arrow_types("us")


def answer(table):
    # How a text is laid out in memory is no type of the table.
    plainly = lambda type: re.sub("<(item|l):", "<element:", re.sub("large_|_view", "", str(type)))
    types = {field.name: plainly(field.type) for field in table.schema}
    return {"types": types, "rows": [{name: plain(value) for name, value in row.items()} for row in table.to_pylist()]}


# Each opens a table, and returns what reads the rows of it that a condition is true of.


def by_delta_rs(path, version):
    query = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(path, version=version))
    return lambda where: pyarrow.table(query.execute(f"SELECT * FROM t WHERE {where}"))


def by_dataset(path, version):
    """The files that delta-rs names, skipped by pyarrow after their statistics and partitions."""
    dataset = deltalake.DeltaTable(path, version=version).to_pyarrow_dataset()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return lambda where: connection.from_arrow(dataset).filter(where).fetch_arrow_table()


@functools.cache
def duckdb_with_delta():
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true", "autoinstall_known_extensions": "false"})
    connection.execute(f"LOAD '{EXTENSION}'; SET TimeZone = 'UTC'")
    return connection


def by_duckdb(path, _):
    return lambda where: duckdb_with_delta().execute(f"SELECT * FROM delta_scan('{path}') WHERE {where}").fetch_arrow_table()


def by_polars(path, version):
    frame = polars.scan_delta(path, version=version)
    return lambda where: (frame if where == "true" else frame.sql(f"SELECT * FROM self WHERE {where}")).collect().to_arrow()


READERS = {"delta-rs": by_delta_rs, "dataset": by_dataset, "duckdb": by_duckdb, "polars": by_polars}


def read(reader, path, where="true", version=None):
    return answer(READERS[reader](path, version)(where))


def numbers(reader, path, conditions):
    """The values of column `n` in the rows that each of several SQL conditions is true of."""
    rows = READERS[reader](path, None)
    return {"found": [sorted(rows(where).column("n").to_pylist()) for where in conditions]}


def dump(path, to, version=None):
    """All rows, as delta-rs reads them, into a Parquet file."""
    table = by_delta_rs(path, version)("true")
    pyarrow.parquet.write_table(table, to)
    return {"rows": table.num_rows}


def files(path):
    """What the log says of each file, with its statistics."""
    return {"rows": answer(pyarrow.table(deltalake.DeltaTable(path).get_add_actions(flatten=True)))["rows"]}


def write(path, rows, columns, mode="append", partition_by=None, configuration=None, schema_mode=None):
    """Appends rows, given as JSON; instants are ISO 8601."""
    schema = pyarrow.schema([(name, ARROW[type]) for name, type in columns.items()])
    of = lambda name, value: datetime.datetime.fromisoformat(value) if value is not None and columns[name] == "timestamp" else value
    table = pyarrow.Table.from_pylist([{name: of(name, value) for name, value in row.items()} for row in rows], schema=schema)
    deltalake.write_deltalake(path, table, mode=mode, partition_by=partition_by, configuration=configuration, schema_mode=schema_mode)
    return {}


def change(path, how):
    """Maintains a table, as its other writers do."""
    table = deltalake.DeltaTable(path)
    made = {
        "checkpoint": lambda: table.create_checkpoint(),
        "clean up": lambda: table.cleanup_metadata(),
        "compact": lambda: table.optimize.compact(),
        "vacuum": lambda: table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False, full=True),
        "constraint": lambda: table.alter.add_constraint({"positive": "n >= 0"}),
    }[how]()
    return {"made": json.loads(json.dumps(made, default=str))}


def int96(path):
    """Gives the files of a table, of one commit, instants in INT96, as Spark writes them."""
    log = f"{path}/_delta_log/{0:020}.json"
    actions = [json.loads(line) for line in open(log)]
    for add in [action["add"] for action in actions if "add" in action]:
        file = f"{path}/{add['path']}"
        pyarrow.parquet.write_table(pyarrow.parquet.read_table(file), file, use_deprecated_int96_timestamps=True, store_schema=False)
        add["size"] = os.path.getsize(file)
    with open(log, "w") as out:
        out.writelines(json.dumps(action) + "\n" for action in actions)
    return {}


def count(path, reader="delta-rs"):
    """The rows, and how many different values their column `n` has."""
    table = READERS[reader](path, None)("true")
    return {"rows": table.num_rows, "distinct": len(set(table.column("n").to_pylist()))}


JOBS = {"read": read, "numbers": numbers, "files": files, "write": write, "change": change, "int96": int96, "count": count, "dump": dump}

for line in sys.stdin:
    job = json.loads(line)
    try:
        result = JOBS[job.pop("do")](**job)
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {str(error)[:2000]}"}
    print(json.dumps(result), flush=True)
