"""Writes odd but valid Parquet files with pyarrow 26, and what it reads back.

    python make_parquet.py FOLDER

The files are kept in `parquet/`, with `parquet.json`: name -> rows, row groups.
"""

import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = sys.argv[1]
TWO = pa.table({"a": [1, 2], "b": ["x", "y"]})
ZERO = TWO.slice(0, 0)


def write(name, tables, schema=None, **options):
    path = f"{FOLDER}/{name}.parquet"
    schema = schema or tables[0].schema
    with pq.ParquetWriter(path, schema, **options) as writer:
        for table in tables:
            writer.write_table(table)


write("empty_last", [TWO, ZERO])
write("empty_first", [ZERO, TWO])
write("empty_middle", [TWO, ZERO, TWO])
write("empty_many", [ZERO, ZERO, TWO, ZERO, ZERO])
write("empty_only", [ZERO])
write("empty_plain", [TWO, ZERO, TWO], use_dictionary=False)
write("empty_pages_v2", [TWO, ZERO, TWO], data_page_version="2.0")
write("empty_zstd", [TWO, ZERO, TWO], compression="zstd")
write(
    "empty_page_index",
    [TWO, ZERO, TWO],
    write_page_index=True,
    write_page_checksum=True,
)
write(
    "empty_delta",
    [TWO, ZERO, TWO],
    use_dictionary=False,
    column_encoding={"a": "DELTA_BINARY_PACKED", "b": "DELTA_BYTE_ARRAY"},
)
write("no_row_groups", [], schema=TWO.schema)
write("no_columns", [pa.table({})])
write("nested", [
    pa.table({
        "list": [[1], None, []],
        "struct": [{"x": 1, "y": None}, None, {"x": None, "y": "z"}],
        "map": pa.array([[("k", 1)], [], None], pa.map_(pa.string(), pa.int8())),
        "null": pa.nulls(3),
    }),
])
write("statistics", [pa.table({"a": ["x" * 5000, "y" * 5000]})], compression="zstd")

facts = {}
for file in sorted(os.listdir(FOLDER)):
    path = f"{FOLDER}/{file}"
    facts[file.removesuffix(".parquet")] = {
        "rows": pq.read_table(path).num_rows,
        "groups": pq.ParquetFile(path).metadata.num_row_groups,
    }
with open(f"{FOLDER}.json", "w", encoding="utf-8") as output:
    json.dump(facts, output, indent=2)
    output.write("\n")
