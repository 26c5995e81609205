"""Parquet through pyarrow, the library that DLIO writes and reads it with.

    parquet.py read EXPECTATIONS    compares generated files with their reference
    parquet.py write FOLDER         makes foreign files and says where their
                                    column chunks are, in FOLDER/plans.json

EXPECTATIONS is JSON: [{"path", "codec", "groups": [rows of each row group],
"columns": [{"name", "type", "sha256"}]}], with types as pyarrow prints them
and hashes over a column's values in row order: numbers little-endian, truth
values a byte each, text and binary their bytes. A file with "partition":
{"root", "value"} lies below root in the Hive partition k=value.

The last line of output is JSON: {"files", "columns"} compared. Exit status 1
and one line per difference if anything differs.
"""

import hashlib
import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

ROWS = 60
ROW_GROUP_ROWS = 25


def value_bytes(column):
    """All values of a column without nulls, one after another."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if pa.types.is_fixed_size_list(array.type):
        array = array.flatten()
    kind = array.type
    if pa.types.is_string(kind):
        return "".join(array.to_pylist()).encode()
    if pa.types.is_binary(kind):
        return b"".join(array.to_pylist())
    if pa.types.is_boolean(kind):
        return array.to_numpy(zero_copy_only=False).astype(np.uint8).tobytes()
    return array.to_numpy().tobytes()


def differences(expected):
    """What of a file is not as expected, one text each."""
    path = expected["path"]
    file = pq.ParquetFile(path)
    metadata = file.metadata
    groups = [
        metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)
    ]
    if groups != expected["groups"]:
        yield f"{path}: row groups {groups}, not {expected['groups']}"
    codec = metadata.row_group(0).column(0).compression
    if codec != expected["codec"]:
        yield f"{path}: codec {codec}, not {expected['codec']}"
    table = file.read()
    table.validate(full=True)
    names = [column["name"] for column in expected["columns"]]
    if table.column_names != names:
        yield f"{path}: columns {table.column_names}, not {names}"
        return
    for column in expected["columns"]:
        data = table.column(column["name"])
        where = f"{path}: column {column['name']}"
        if str(data.type) != column["type"]:
            yield f"{where} is {data.type}, not {column['type']}"
        if data.null_count != 0:
            yield f"{where} has {data.null_count} nulls"
        digest = hashlib.sha256(value_bytes(data)).hexdigest()
        if digest != column["sha256"]:
            yield f"{where} has other values: {digest}"


def partition_differences(expected):
    """What pyarrow's dataset does not find in a partition, one text each."""
    path = expected["path"]
    value = expected["partition"]["value"]
    root = expected["partition"]["root"]
    dataset = ds.dataset(root, format="parquet", partitioning="hive")
    for fragment in dataset.get_fragments(filter=ds.field("k") == value):
        if fragment.path == path:
            break
    else:
        yield f"{path}: not among the files with k = {value}"
        return
    table = fragment.to_table(schema=dataset.schema)
    if set(table.column("k").to_pylist()) != {value}:
        yield f"{path}: k is not {value} in every row"
    column = expected["columns"][0]
    data = table.column(column["name"])
    if hashlib.sha256(value_bytes(data)).hexdigest() != column["sha256"]:
        yield f"{path}: column {column['name']} has other values in the dataset"
    rows = sum(expected["groups"])
    if table.num_rows != rows or dataset.count_rows() != 3 * rows:
        yield f"{path}: {table.num_rows} of {dataset.count_rows()} rows"


def read(expectations_path):
    """Compares all files; returns the exit status."""
    with open(expectations_path, encoding="utf-8") as file:
        expectations = json.load(file)
    found = [text for file in expectations for text in differences(file)]
    for file in expectations:
        if "partition" in file:
            found.extend(partition_differences(file))
    for text in found:
        print(text)
    columns = sum(len(file["columns"]) for file in expectations)
    print(json.dumps({"files": len(expectations), "columns": columns}))
    return 1 if found else 0


def foreign_table():
    """Columns that Stoker does not write: nested, variable, repeated words."""
    random = np.random.default_rng(1)
    nested_type = pa.struct([("x", pa.int32()), ("y", pa.list_(pa.int16()))])
    nested = [{"x": i, "y": [i] * (i % 3)} for i in range(ROWS)]
    four = pa.array(random.integers(0, 255, ROWS * 4, dtype=np.uint8))
    return pa.table({
        "id": pa.array(range(ROWS), pa.int64()),
        "list": pa.FixedSizeListArray.from_arrays(four, 4),
        "nested": pa.array(nested, nested_type),
        "word": pa.array([f"w{i % 5}" for i in range(ROWS)]),
        "noise": pa.array(random.random(ROWS)),
        "blob": pa.array([random.bytes(600) for _ in range(ROWS)]),
        "last": pa.array(range(ROWS), pa.int8()),
    })


def chunk_ranges(path):
    """[column, first byte, bytes] of every chunk, per row group."""
    metadata = pq.ParquetFile(path).metadata
    groups = []
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        chunks = []
        for leaf in range(group.num_columns):
            chunk = group.column(leaf)
            start = chunk.data_page_offset
            if chunk.has_dictionary_page:
                start = min(start, chunk.dictionary_page_offset)
            column = chunk.path_in_schema.split(".")[0]
            chunks.append([column, start, chunk.total_compressed_size])
        groups.append(chunks)
    return groups


def write(folder):
    """Makes the foreign files and their plans."""
    options = {
        "snappy": {},
        "zstd_plain_v2": {
            "use_dictionary": False,
            "compression": "zstd",
            "data_page_version": "2.0",
        },
        "gzip_page_index": {"compression": "gzip", "write_page_index": True},
        "uncompressed": {"compression": "none"},
        "lz4_statistics_off": {"compression": "lz4", "write_statistics": False},
    }
    table = foreign_table()
    plans = {}
    for name, writer_options in options.items():
        path = os.path.join(folder, f"{name}.parquet")
        pq.write_table(table, path, row_group_size=ROW_GROUP_ROWS, **writer_options)
        plans[name] = {
            "path": path,
            "byteLength": os.path.getsize(path),
            "chunks": chunk_ranges(path),
        }
    with open(os.path.join(folder, "plans.json"), "w", encoding="utf-8") as file:
        json.dump(plans, file)
    return 0


if __name__ == "__main__":
    command, argument = sys.argv[1:]
    sys.exit({"read": read, "write": write}[command](argument))
