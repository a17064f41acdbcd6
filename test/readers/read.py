"""Reads datasets with pyarrow, polars, pandas and fastparquet: a job a line in, types and rows a line out."""

import glob
import json
import os
import sys
import urllib.parse

import fastparquet
import pandas
import polars
import pyarrow
import pyarrow.csv
import pyarrow.dataset
import pyarrow.json
from plain import arrow_types, plain

ARROW = arrow_types("ms")
POLARS = {
    "string": polars.String,
    "double": polars.Float64,
    "int64": polars.Int64,
    "int32": polars.Int32,
    "bool": polars.Boolean,
    # CSV and JSON have them as text, which is parsed below.
    "timestamp": polars.String,
}
DEFAULT = "__HIVE_DEFAULT_PARTITION__"
EXTENSION = {"parquet": "parquet", "arrow": "arrow", "csv": "csv", "json": "jsonl"}


def answer(types, rows):
    own = lambda value: None if value is pandas.NA else plain(value)
    return {"types": types, "rows": [{name: own(value) for name, value in row.items()} for row in rows]}


def read_pyarrow(format, path, columns, partitions):
    schema = pyarrow.schema([(name, ARROW[type]) for name, type in columns.items()])
    how = {"parquet": "parquet", "arrow": "ipc"}.get(format)
    if format == "csv":
        how = pyarrow.dataset.CsvFileFormat(
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict(zip(schema.names, schema.types)),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            read_options=pyarrow.csv.ReadOptions(block_size=8 << 20),
        )
    if format == "json":
        # A file without rows is an error for pyarrow's JSON reader, and the types of a file are those of its first rows: both are told to it.
        files = [file for file in glob.glob(f"{glob.escape(path)}/**/*.jsonl", recursive=True) if os.path.getsize(file) > 0]
        parts = pyarrow.schema([(name, pyarrow.string()) for name in partitions])
        whole = pyarrow.schema([*schema, *parts])
        if not files:
            return answer({field.name: str(field.type) for field in whole}, [])
        dataset = pyarrow.dataset.dataset(
            files,
            schema=whole,
            format=pyarrow.dataset.JsonFileFormat(read_options=pyarrow.json.ReadOptions(block_size=8 << 20)),
            partitioning=pyarrow.dataset.partitioning(parts, flavor="hive"),
            partition_base_dir=path,
        )
    else:
        dataset = pyarrow.dataset.dataset(path, format=how, partitioning="hive")
    table = dataset.to_table()
    return answer({field.name: str(field.type) for field in table.schema}, table.to_pylist())


def read_polars(format, path, columns, partitions):
    files = f"{path}/**/*.{EXTENSION[format]}"
    schema = {name: POLARS[type] for name, type in columns.items()}
    if format == "parquet":
        frame = polars.scan_parquet(files, hive_partitioning=True).collect()
    elif format == "arrow":
        frame = polars.scan_ipc(files, hive_partitioning=True).collect()
    else:
        if format == "csv":
            lazy = polars.scan_csv(files, schema=schema, empty_string_is_null=True, include_file_paths="__path")
        else:
            lazy = polars.scan_ndjson(files, schema=schema, include_file_paths="__path")
        times = [name for name, type in columns.items() if type == "timestamp"]
        frame = lazy.with_columns(polars.col(times).str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms", time_zone="UTC")).collect()
        # polars takes partitions from the paths of Parquet and IPC alone.
        segments = [dict(part.split("=", 1) for part in file.split("/") if "=" in part) for file in frame["__path"].to_list()]
        frame = frame.drop("__path")
        for name in partitions:
            values = [segment[name] for segment in segments]
            frame = frame.with_columns(
                polars.Series(name, [None if value == DEFAULT else urllib.parse.unquote(value) for value in values], polars.String)
            )
    return answer({name: str(type) for name, type in frame.schema.items()}, frame.to_dicts())


def read_pandas(format, path, columns, partitions):
    # Not partitioning=None: pandas would make Categoricals of the partitions, which pyarrow cannot join where one of them is NULL.
    frame = pandas.read_parquet(path, partitioning=pyarrow.dataset.partitioning(flavor="hive"), dtype_backend="pyarrow")
    return answer({name: str(type) for name, type in frame.dtypes.items()}, frame.to_dict("records"))


def read_fastparquet(format, path, columns, partitions):
    files = sorted(glob.glob(f"{glob.escape(path)}/**/*.parquet", recursive=True))
    frame = pandas.concat([fastparquet.ParquetFile(file).to_pandas() for file in files])
    return answer({name: str(type) for name, type in frame.dtypes.items()}, frame.to_dict("records"))


READERS = {"pyarrow": read_pyarrow, "polars": read_polars, "pandas": read_pandas, "fastparquet": read_fastparquet}

for line in sys.stdin:
    job = json.loads(line)
    try:
        result = READERS[job["reader"]](job["format"], job["path"], job["columns"], job["partitions"])
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {str(error)[:2000]}"}
    print(json.dumps(result), flush=True)
