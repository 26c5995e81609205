"""MDS shards through the library `mosaicml-streaming`.

`stand_ins.py` stands in for PyTorch and clouds' clients, of which reading and
writing files takes nothing.
"""

import json
import os

import numpy as np

import stand_ins  # noqa: F401
import suite

from streaming.base.format import MDSWriter
from streaming.base.format.mds import MDSReader
from streaming.base.local import LocalDataset


def differences(case):
    split = os.path.dirname(case.path)
    dataset = LocalDataset(split)
    name = os.path.basename(case.path)
    readers = [s for s in dataset.shards if s.raw_data.basename == name]
    if len(readers) != 1 or not isinstance(readers[0], MDSReader):
        yield f"index.json has {len(readers)} shards of this name"
        return
    reader = readers[0]
    if reader.raw_data.bytes != os.path.getsize(case.path):
        yield f"index.json says {reader.raw_data.bytes} bytes"
    if len(reader) != case.samples:
        yield f"index.json says {len(reader)} samples"
    for k in range(case.samples):
        sample = reader[k]
        start = k * case.sample_bytes
        if sample["x"] != case.stream[start:start + case.sample_bytes]:
            yield f"sample {k} has other bytes"
        if sample["y"] != k:
            yield f"sample {k} has number {sample['y']}"
    with open(case.path, "rb") as file:
        table_end = 4 * (case.samples + 2)
        first = int(np.fromfile(case.path, "<u4", 2)[1])
        file.seek(table_end)
        config = json.loads(file.read(first - table_end))
    if config["column_names"] != reader.column_names:
        yield f"the shard has columns {config['column_names']}"


def sample_ranges(path):
    """[offset, bytes] of each sample, from the table of the shard."""
    (count,) = np.fromfile(path, "<u4", 1)
    offsets = np.fromfile(path, "<u4", count + 1, offset=4)
    return [[int(a), int(b - a)] for a, b in zip(offsets, offsets[1:])]


def write(folder):
    files = []
    for name, columns, samples in [
        ("bytes", {"x": "bytes"}, [{"x": bytes(n)} for n in (1, 5, 300, 0)]),
        (
            "several",
            {"b": "int", "a": "bytes", "c": "str"},
            [{"a": bytes(n), "b": n, "c": "t" * n} for n in range(40)],
        ),
        ("equal", {"x": "bytes", "y": "int"}, [
            {"x": bytes(100), "y": n} for n in range(7)
        ]),
    ]:
        out = os.path.join(folder, name)
        # A small limit, so that there are several shards.
        with MDSWriter(columns=columns, out=out, size_limit=2000) as writer:
            for sample in samples:
                writer.write(sample)
        with open(os.path.join(out, "index.json")) as file:
            index = json.load(file)
        for shard in index["shards"]:
            path = os.path.join(out, shard["raw_data"]["basename"])
            ranges = sample_ranges(path)
            assert len(ranges) == shard["samples"]
            files.append(
                suite.foreign_file(path, [10, 10], len(ranges), ranges)
            )
    return files


suite.main(differences, write)
