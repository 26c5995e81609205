"""WebDataset shards through the library `webdataset`."""

import os
import tarfile

import suite
import webdataset as wds


def read(path):
    """The samples of a shard as a training loop gets them."""
    return list(wds.WebDataset(path, shardshuffle=False).decode())


def differences(case):
    samples = read(case.path)
    if len(samples) != case.samples:
        yield f"{len(samples)} samples, not {case.samples}"
    for k, sample in enumerate(samples):
        fields = sorted(key for key in sample if not key.startswith("__"))
        if fields != ["bin", "cls"]:
            yield f"sample {k} has {fields}"
            return
        start = k * case.sample_bytes
        if sample["bin"] != case.stream[start:start + case.sample_bytes]:
            yield f"sample {k} has other bytes"
        if sample["cls"] != k % 1000:
            yield f"sample {k} has label {sample['cls']}"
        if sample["__key__"] != f"{case.file_index:06d}_{k:08d}":
            yield f"sample {k} has key {sample['__key__']}"
    # The library stops at the first empty block; tar sees the whole archive.
    with tarfile.open(case.path) as tar:
        members = tar.getmembers()
        if len(members) != 2 * case.samples:
            yield f"{len(members)} members"
        if {(m.uname, m.gname, m.mode) for m in members} != {
            ("bigdata", "bigdata", 0o444)
        }:
            yield "members have another owner or mode"
    is_plain = case.compression == "none"
    if is_plain and os.path.getsize(case.path) % tarfile.RECORDSIZE != 0:
        yield "the archive is not padded"


def write(folder):
    files = []
    for name, lengths, options in [
        ("equal", [100] * 7, {}),
        ("varied", [1, 100, 30, 7000, 250, 0, 3], {"mtime": 0}),
        ("large", [300_000, 5, 700_000], {}),
        ("single", [70], {}),
    ]:
        path = os.path.join(folder, f"{name}.tar")
        with wds.TarWriter(path, **options) as writer:
            for k, length in enumerate(lengths):
                writer.write({
                    "__key__": f"sub/sample{k:03d}",
                    "seg.png": bytes(length // 2),
                    "bin": bytes(length),
                    "txt": f"text of {k}",
                })
        assert len(read_keys(path)) == len(lengths)
        files.append(suite.foreign_file(path, [10, 10], len(lengths)))
    # Uneven shards of the writer that people use, plain and compressed.
    for ending, compress in [("tar", False), ("tar.gz", True)]:
        pattern = os.path.join(folder, f"shards-%06d.{ending}")
        with wds.ShardWriter(
            pattern, maxcount=7, verbose=0, compress=compress
        ) as writer:
            for k in range(17):
                writer.write({
                    "__key__": f"{k:08d}",
                    "jpg": os.urandom(100 + 3000 * k),
                    "cls": k % 10,
                })
        for shard, samples in enumerate([7, 7, 3]):
            path = pattern % shard
            assert len(read_keys(path)) == samples
            files.append(suite.foreign_file(path, [10, 10], samples))
    # A name that no USTAR header holds, and what is no sample.
    path = os.path.join(folder, "long_names.tar")
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        folder_entry = tarfile.TarInfo("d")
        folder_entry.type = tarfile.DIRTYPE
        tar.addfile(folder_entry)
        for k in range(5):
            for extension in ("jpg", "json"):
                tar.addfile(tarfile.TarInfo(f"d/{'x' * 300}{k}.{extension}"))
    assert len(read_keys(path)) == 5
    files.append(suite.foreign_file(path, [10, 10], 5))
    path = os.path.join(folder, "gnu_names.tar")
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for k in range(3):
            tar.addfile(tarfile.TarInfo(f"d/{'y' * 300}{k}.jpg"))
    assert len(read_keys(path)) == 3
    files.append(suite.foreign_file(path, [10, 10], 3))
    return files


def read_keys(path):
    dataset = wds.WebDataset(path, shardshuffle=False)
    return [sample["__key__"] for sample in dataset]


suite.main(differences, write)
