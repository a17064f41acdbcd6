"""What the scripts of this folder share: values as JSON can say them without losing anything, and Arrow's types by their names."""

import datetime

import pyarrow


def arrow_types(unit):
    """The types of columns that a job names; instants have this unit."""
    return {
        "string": pyarrow.string(),
        "double": pyarrow.float64(),
        "int64": pyarrow.int64(),
        "int32": pyarrow.int32(),
        "bool": pyarrow.bool_(),
        "timestamp": pyarrow.timestamp(unit, "UTC"),
    }


def plain(value):
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        # The NaT of pandas is one too, and the only one that is not itself.
        if value != value:
            return None
        if value.tzinfo is None:
            return value.isoformat() + " (no zone)"
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return None if value != value else repr(value)
    return plain(value.item()) if hasattr(value, "item") else str(value)
