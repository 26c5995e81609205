"""Makes tokens.bin and tokens.idx beside this file with megatron-core: 4
documents of 7 sequences with 100 tokens; in an environment of
`tests/interop/requirements_alone.txt`."""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "interop"))
sys.dont_write_bytecode = True

from megatron_core import IndexedDatasetBuilder, from_numpy  # noqa: E402

DOCUMENTS = [[30], [5, 10], [1], [20, 30, 4]]

prefix = os.path.join(HERE, "tokens")
builder = IndexedDatasetBuilder(prefix + ".bin", dtype=np.uint16)
for lengths in DOCUMENTS:
    tokens = np.arange(sum(lengths), dtype=np.uint16)
    builder.add_document(from_numpy(tokens), lengths)
builder.finalize(prefix + ".idx")
