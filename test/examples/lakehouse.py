"""Reads a table straight from a bucket with delta-rs or pyiceberg, and writes its rows to a Parquet file: a job as JSON in the first argument."""

import json
import os
import sys

import pyarrow.parquet

job = json.loads(sys.argv[1])
endpoint, region = job["endpoint"], os.environ["AWS_REGION"]
key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]


def delta(table):
    import deltalake

    options = {"aws_endpoint": endpoint, "aws_allow_http": "true", "aws_region": region, "aws_access_key_id": key, "aws_secret_access_key": secret}
    query = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(table, storage_options=options))
    return pyarrow.table(query.execute("SELECT * FROM t"))


def iceberg(table):
    from pyiceberg.io import load_file_io
    from pyiceberg.table import StaticTable

    properties = {
        "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO",
        "s3.endpoint": endpoint,
        "s3.region": region,
        "s3.access-key-id": key,
        "s3.secret-access-key": secret,
    }
    with load_file_io(properties).new_input(f"{table}/metadata/version-hint.text").open() as hint:
        version = hint.read().decode()
    return StaticTable.from_metadata(f"{table}/metadata/v{version}.metadata.json", properties=properties).scan().to_arrow()


pyarrow.parquet.write_table({"delta": delta, "iceberg": iceberg}[job["format"]](job["table"]), job["file"])
