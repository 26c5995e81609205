"""HDF5 through h5py."""

import itertools
import math
import os

import h5py
import numpy as np

import suite


def expected_dims(case):
    first, *rest = case.dims
    share = first // case.datasets_per_record
    is_drawn = case.datasets_per_record == 1 and len(case.dims) == 2
    if share == 1 and not is_drawn:
        return [case.samples, *rest]
    return [case.samples, share, *rest]


def assemble(stream, dataset):
    """The array that the stream makes, chunk after chunk; and bytes used."""
    if dataset.chunks is None:
        count = dataset.size * dataset.dtype.itemsize
        array = np.frombuffer(stream[:count], dataset.dtype)
        return array.reshape(dataset.shape), count
    array = np.zeros(dataset.shape, dataset.dtype)
    chunk_bytes = math.prod(dataset.chunks) * dataset.dtype.itemsize
    used = 0
    starts = [
        range(0, dim, step) for dim, step in zip(dataset.shape, dataset.chunks)
    ]
    for start in itertools.product(*starts):
        chunk = np.frombuffer(stream[used:used + chunk_bytes], dataset.dtype)
        used += chunk_bytes
        into = tuple(
            slice(at, min(at + step, dim))
            for at, step, dim in zip(start, dataset.chunks, dataset.shape)
        )
        inner = tuple(slice(0, part.stop - part.start) for part in into)
        array[into] = chunk.reshape(dataset.chunks)[inner]
    return array, used


def differences(case):
    with h5py.File(case.path) as file:
        names = [f"records_{k}" for k in range(case.datasets_per_record)]
        if sorted(file) != sorted([*names, "labels"]):
            yield f"datasets {list(file)}"
            return
        labels = file["labels"]
        if labels.dtype != np.int64 or labels[...].tolist() != [0] * case.samples:
            yield "labels are not int64 zeros"
        stream = case.stream
        for name in names:
            dataset = file[name]
            if dataset.dtype != case.dtype:
                yield f"{name} is {dataset.dtype}, not {case.dtype}"
            if list(dataset.shape) != expected_dims(case):
                yield f"{name} has shape {dataset.shape}"
            if case.chunk_dims and list(dataset.chunks) != case.chunk_dims:
                yield f"{name} has chunks {dataset.chunks}"
            if case.max_shape and list(dataset.maxshape[1:]) != case.max_shape:
                yield f"{name} has maxshape {dataset.maxshape}"
            codec = None if case.compression == "none" else case.compression
            if dataset.compression != codec:
                yield f"{name} has compression {dataset.compression}"
            expected, used = assemble(stream, dataset)
            stream = stream[used:]
            if dataset[...].tobytes() != expected.tobytes():
                yield f"{name} has other values"


def write(folder):
    path = os.path.join(folder, "h5py.hdf5")
    records = np.arange(60, dtype=np.float32).reshape(5, 3, 4)
    with h5py.File(path, "w", libver="latest") as file:
        file.create_dataset("records_0", data=records, compression="gzip")
        file.create_dataset("labels", data=np.zeros(5, np.int64))
    return [suite.foreign_file(path, [3, 4], 5)]


suite.main(differences, write)
