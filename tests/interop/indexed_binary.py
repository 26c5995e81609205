"""Indexed binary files as NumPy maps them, with both index files."""

import os

import numpy as np

import suite


def differences(case):
    offsets_path, sizes_path = case.companions
    offsets = np.fromfile(offsets_path, "<u8")
    sizes = np.fromfile(sizes_path, "<u8")
    if len(offsets) != case.samples or len(sizes) != case.samples:
        yield f"{len(offsets)} offsets, {len(sizes)} sizes"
        return
    data = np.memmap(case.path, np.uint8, "r")
    if len(data) != case.samples * case.sample_bytes:
        yield f"{len(data)} bytes"
    for k, (offset, size) in enumerate(zip(offsets, sizes)):
        start = k * case.sample_bytes
        expected = case.stream[start:start + case.sample_bytes]
        if data[int(offset):int(offset + size)].tobytes() != expected:
            yield f"sample {k} has other bytes"


def write(folder):
    samples = np.arange(600, dtype=np.float32).reshape(10, 3, 20)
    path = os.path.join(folder, "numpy.indexed_binary")
    samples.tofile(path)
    stride = 3 * 20 * 4
    ranges = [[k * stride, stride] for k in range(10)]
    return [suite.foreign_file(path, [3, 20], 10, ranges)]


suite.main(differences, write)
