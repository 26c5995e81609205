"""CSV through NumPy's text reader, which finds gzip by the name.

Not called csv.py, as that would hide Python's own module.
"""

import os

import numpy as np

import suite

MANTISSA_BITS = {2: 11, 4: 24, 8: 53}


def expected_cells(case):
    cells = np.frombuffer(case.payload, case.dtype)
    if case.dtype.kind == "f":
        bits = MANTISSA_BITS[case.dtype.itemsize]
        words = cells.view(f"<u{case.dtype.itemsize}")
        cells = words & words.dtype.type(2**bits - 1)
    return cells.reshape(case.samples, -1)


def differences(case):
    expected = expected_cells(case)
    rows = np.loadtxt(case.path, delimiter=",", dtype=expected.dtype, ndmin=2)
    if rows.shape != expected.shape:
        yield f"{rows.shape} cells, not {expected.shape}"
    elif not np.array_equal(rows, expected):
        yield "other values"
    if case.dtype.kind == "f":
        # Every integer must be one that the type holds.
        floats = np.loadtxt(case.path, delimiter=",", dtype=case.dtype, ndmin=2)
        if not np.array_equal(floats.astype(np.float64), expected.astype(np.float64)):
            yield "values that the type cannot hold"


def write(folder):
    path = os.path.join(folder, "numpy.csv")
    np.savetxt(path, np.arange(60).reshape(5, 12), fmt="%d", delimiter=",")
    return [suite.foreign_file(path, [3, 4], 5)]


suite.main(differences, write)
