"""Megatron's indexed datasets as megatron-core reads and writes them.

Windows of generated files are compared with Megatron's own sample index, made
by its compiled helpers for the order of documents that the windows show.
"""

import os
import warnings

warnings.filterwarnings("ignore")

import numpy as np

import suite
from megatron_core import (
    IndexedDataset,
    IndexedDatasetBuilder,
    from_numpy,
    helpers_cpp,
)


def document_pieces(dataset, ranges):
    """(document, first token, tokens) of each piece of a window."""
    pointers = dataset.index.sequence_pointers
    lengths = dataset.index.sequence_lengths
    token_bytes = dataset.index.dtype_size
    for offset, byte_count in ranges:
        while byte_count > 0:
            # Documents without tokens begin where the next one begins.
            document = int(np.searchsorted(pointers, offset, side="right")) - 1
            first = (offset - int(pointers[document])) // token_bytes
            tokens = min(byte_count // token_bytes,
                         int(lengths[document]) - first)
            yield document, first, tokens
            offset += tokens * token_bytes
            byte_count -= tokens * token_bytes


def differences(case):
    prefix = case.path[: -len(".bin")]
    dataset = IndexedDataset(prefix, mmap=True)
    if dataset.index.dtype != case.dtype.newbyteorder("="):
        yield f"type {dataset.index.dtype}"
    lengths = np.asarray(dataset.index.sequence_lengths)
    if len(dataset) != len(dataset.document_indices) - 1:
        yield "documents are not sequences"
    sequence_length = int(np.prod(case.dims))
    total = int(lengths.sum())
    if total != case.samples * sequence_length + 1:
        yield f"{total} tokens"
    tokens = np.concatenate([dataset[i] for i in range(len(dataset))])
    if tokens.tobytes() != case.stream[: total * case.dtype.itemsize]:
        yield "other tokens"

    windows = [list(document_pieces(dataset, one)) for one in case.planned]
    order = []
    for window in windows:
        for document, first, _ in window:
            if first == 0 and document not in order:
                order.append(document)
    # Documents of one token may lie between two windows and begin neither.
    missing = [i for i in range(len(lengths)) if i not in order]
    if missing:
        yield f"{len(missing)} documents are in no window"
        return
    index = helpers_cpp.build_sample_idx_int32(
        lengths, np.array(order, np.int32), sequence_length, 1, total, True, 1)
    if len(index) - 1 != case.samples:
        yield f"Megatron has {len(index) - 1} samples"
    for sample, window in enumerate(windows):
        (begin, begin_offset), (end, end_offset) = index[sample:sample + 2]
        wanted = []
        for slot in range(begin, end + 1):
            first = int(begin_offset) if slot == begin else 0
            last = (int(end_offset) + 1 if slot == end
                    else int(lengths[order[slot]]))
            wanted.append((order[slot], first, last - first))
        wanted = [piece for piece in wanted if piece[2] > 0]
        if window != wanted:
            yield f"sample {sample} is {window}, Megatron's is {wanted}"


def write(folder):
    files = []
    generator = np.random.default_rng(5)

    def add(name, dtype, lengths, sequence_length, ranges=None):
        prefix = os.path.join(folder, name)
        builder = IndexedDatasetBuilder(prefix + ".bin", dtype=dtype)
        for length in lengths:
            tokens = generator.integers(0, 120, length)
            builder.add_document(from_numpy(tokens.astype(dtype)),
                                 [length])
        builder.finalize(prefix + ".idx")
        samples = (sum(lengths) - 1) // sequence_length
        size = np.dtype(dtype).itemsize
        files.append({
            **suite.foreign_file(prefix + ".bin", [sequence_length], samples,
                                 ranges),
            "sample_bytes": (sequence_length + 1) * size,
        })

    one = [[k * 64 * 4, 65 * 4] for k in range(15)]
    add("one_document", np.int32, [1000], 64, one)
    lengths = generator.integers(1, 400, 500).tolist()
    for dtype in (np.uint16, np.int32, np.int64, np.uint8, np.float32):
        add(f"many_{np.dtype(dtype).name}", dtype, lengths, 128)
    return files


suite.main(differences, write)
