"""Makes the files of this folder with the libraries that own their formats.

    pip install numpy h5py pyarrow pandas tfrecord webdataset
    pip install mosaicml-streaming
    python make.py .

`counts.json` has the number of samples that the owner finds in each.
"""

import json
import shutil
import sys
import tempfile

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import webdataset
from streaming import MDSWriter
from tfrecord import TFRecordWriter

folder = sys.argv[1]
rng = np.random.default_rng(1)
counts = {}


def path(name, count):
    counts[name] = count
    return f"{folder}/{name}"


np.save(path("rows.npy", 5), rng.random((5, 4, 3)))
np.save(path("fields.npy", 9), np.zeros(9, dtype=[("a", "<f4"), ("b", "<i8")]))
np.save(path("scalar.npy", 1), np.float32(3))
np.save(path("channel.npy", 1), np.zeros((8, 8, 1), dtype=np.uint8))
np.savez(
    path("arrays.npz", 6),
    mean=np.zeros(3),
    data=rng.random((6, 8, 3)),
    label=np.arange(6),
)
np.savez_compressed(
    path("packed.npz", 7),
    images=rng.integers(0, 255, (7, 12, 12), dtype=np.uint8),
    names=np.array([f"a{k}" for k in range(7)], dtype=object),
)
np.savez(path("dlio.npz", 4), x=np.zeros((8, 8, 4), np.uint8), y=np.zeros(4, np.int64))
for libver in ("earliest", "latest"):
    with h5py.File(path(f"{libver}.h5", 11), "w", libver=libver) as file:
        data = rng.random((11, 4, 3))
        file.create_dataset(
            "group/x", data=data, chunks=(2, 4, 3), compression="gzip", shuffle=True
        )
        file["y"] = np.arange(11)
        file["text"] = ["x"] * 11
        file["link"] = h5py.SoftLink("/missing")
        file["round"] = h5py.SoftLink("/")
table = pa.table(
    {
        "id": list(range(13)),
        "image": [{"bytes": bytes(20), "path": None}] * 13,
        "tags": [["a"] * k for k in range(13)],
    }
)
for codec in ("none", "snappy", "zstd", "gzip", "brotli"):
    pq.write_table(
        table, path(f"{codec}.parquet", 13), row_group_size=5, compression=codec
    )
pq.write_table(table.slice(0, 0), path("empty.parquet", 0))
columns = pa.table({
    "id": list(range(11)),
    "text": [f"t{k}" for k in range(11)],
    "image": [{"bytes": bytes(20), "path": "x"}] * 11,
})
options = pa.ipc.IpcWriteOptions(compression="zstd")
with pa.OSFile(path("columns.arrow", 11), "wb") as sink:
    with pa.ipc.new_file(sink, columns.schema, options=options) as batches:
        batches.write_table(columns, max_chunksize=4)
writer = TFRecordWriter(path("uneven.tfrecord", 10))
for k in range(10):
    writer.write({"image": (bytes(rng.integers(1, 300)), "byte"), "label": (k, "int")})
writer.close()
frame = pd.DataFrame(
    {
        "id": range(8),
        "text": [f'line "q" {k}\nnext, cell' for k in range(8)],
        "v": rng.random(8),
    }
)
for name, options in {
    "header.csv": {},
    "bare.csv": {"header": False},
    "crlf.csv": {"lineterminator": "\r\n"},
    "packed.csv.gz": {"compression": "gzip"},
}.items():
    file = path(name, 8)
    frame.to_csv(file, index=False, **options)
    header = None if name == "bare.csv" else 0
    assert len(pd.read_csv(file, header=header)) == 8
for compress, ending in [(False, "tar"), (True, "tar.gz")]:
    name = path(f"shard.{ending}", 9)
    with webdataset.TarWriter(name, mtime=0, compress=compress) as writer:
        for k in range(9):
            writer.write(
                {"__key__": f"d/{k:04d}", "seg.png": rng.bytes(30 * k), "cls": k}
            )
with tempfile.TemporaryDirectory() as out:
    columns = {"x": "bytes", "label": "int"}
    with MDSWriter(out=f"{out}/mds", columns=columns) as writer:
        for k in range(12):
            writer.write({"x": rng.bytes(5 * k), "label": k})
    shutil.copy(f"{out}/mds/shard.00000.mds", path("shard.mds", 12))
with open(f"{folder}/counts.json", "w") as file:
    json.dump(counts, file, indent=2)
