"""NPZ and NPY through NumPy."""

import os

import numpy as np

import suite


def differences(case):
    loaded = np.load(case.path)
    if case.path.endswith(".npz"):
        if sorted(loaded.files) != ["x", "y"]:
            yield f"arrays {loaded.files}"
        labels = loaded["y"]
        if labels.dtype != np.int64 or labels.tolist() != [0] * case.samples:
            yield "labels are not int64 zeros"
        loaded = loaded["x"]
    if loaded.dtype != case.dtype:
        yield f"dtype {loaded.dtype}, not {case.dtype}"
    if list(loaded.shape) != [*case.dims, case.samples]:
        yield f"shape {loaded.shape}"
    if loaded.tobytes() != case.payload:
        yield "other values"


def write(folder):
    array = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    npy = os.path.join(folder, "numpy.npy")
    np.save(npy, array)
    npz = os.path.join(folder, "numpy.npz")
    np.savez(npz, x=array, y=np.zeros(5, np.int64))
    packed = os.path.join(folder, "packed.npz")
    np.savez_compressed(packed, x=array, y=np.zeros(5, np.int64))
    return [suite.foreign_file(path, [3, 4], 5) for path in (npy, npz, packed)]


suite.main(differences, write)
