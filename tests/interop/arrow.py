"""Arrow files as pyarrow and Hugging Face's datasets read and write them."""

import os

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

import suite


def opened(path):
    """A reader of a file or of a stream, and whether it is a file."""
    with open(path, "rb") as file:
        is_file = file.read(6) == b"ARROW1"
    source = pa.memory_map(path)
    return (ipc.open_file(source) if is_file else ipc.open_stream(source),
            is_file)


def differences(case):
    reader, is_file = opened(case.path)
    batches = (
        [reader.get_batch(i) for i in range(reader.num_record_batches)]
        if is_file else list(reader)
    )
    table = pa.Table.from_batches(batches)
    table.validate(full=True)
    if table.column_names != ["data"]:
        yield f"columns {table.column_names}"
    if table.num_rows != case.samples:
        yield f"{table.num_rows} rows"
    expected = pa.list_(pa.from_numpy_dtype(case.dtype), int(np.prod(case.dims)))
    if table.schema.field("data").type != expected:
        yield f"type {table.schema.field('data').type}, not {expected}"
    values = b"".join(
        batch.column(0).flatten().to_numpy(zero_copy_only=False).tobytes()
        for batch in batches
    )
    if values != case.payload:
        yield "other values"
    if not is_file:
        # What load_dataset() leaves in its cache are such streams.
        data = datasets.Dataset.from_file(case.path)
        if len(data) != case.samples:
            yield f"datasets finds {len(data)} rows"
        row = np.asarray(data.with_format("numpy")[case.samples - 1]["data"])
        if row.astype(case.dtype).tobytes() != case.payload[-case.sample_bytes:]:
            yield "datasets reads another last row"


def batch_ranges(path):
    """[offset, bytes] of each record batch with its message, and its rows."""
    with open(path, "rb") as file:
        data = file.read()
    at = 8 if data[:6] == b"ARROW1" else 0
    source = pa.BufferReader(data)
    source.seek(at)
    found = []
    while True:
        start = source.tell()
        try:
            message = ipc.read_message(source)
        except (EOFError, pa.ArrowInvalid):
            return found
        if message is None:
            return found
        if message.type == "record batch":
            found.append((start, source.tell() - start))


def sample_ranges(path, rows):
    """The range of the record batch that each row is in."""
    ranges = batch_ranges(path)
    if len(ranges) != len(rows):
        raise ValueError(f"{len(ranges)} batches, {len(rows)} written")
    return [list(one) for one, count in zip(ranges, rows) for _ in range(count)]


def write(folder):
    files = []

    def add(path, rows):
        files.append(suite.foreign_file(
            path, [4], sum(rows), sample_ranges(path, rows)))

    table = pa.table({
        "id": pa.array(range(1000), pa.int64()),
        "text": [f"word {i} " * (i % 7) for i in range(1000)],
        "kind": pa.array([f"k{i % 3}" for i in range(1000)]).dictionary_encode(),
    })
    rows = [300, 300, 300, 100]
    for name, new, options in (
        ("file", ipc.new_file, ipc.IpcWriteOptions()),
        ("stream", ipc.new_stream, ipc.IpcWriteOptions()),
        ("zstd", ipc.new_file, ipc.IpcWriteOptions(compression="zstd")),
        ("legacy", ipc.new_stream, ipc.IpcWriteOptions(
            use_legacy_format=True,
            metadata_version=ipc.MetadataVersion.V4)),
    ):
        path = os.path.join(folder, f"pyarrow_{name}.arrow")
        with new(path, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=300)
        add(path, rows)

    # What datasets caches: streams of 1000 rows a batch, of save_to_disk too.
    data = datasets.Dataset.from_dict({
        "input_ids": [list(range(i % 50)) for i in range(2500)],
        "label": list(range(2500)),
    })
    saved = os.path.join(folder, "saved")
    data.save_to_disk(saved, num_shards=1)
    [name] = [one for one in os.listdir(saved) if one.endswith(".arrow")]
    path = os.path.join(folder, f"hf_{name}")
    os.rename(os.path.join(saved, name), path)
    with pa.memory_map(path) as source:
        counts = [batch.num_rows for batch in ipc.open_stream(source)]
    add(path, counts)
    return files


suite.main(differences, write)
