"""Safetensors files as the library safetensors reads and writes them."""

import json
import os
import struct

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

import suite


def differences(case):
    tensors = load_file(case.path)
    if len(tensors) != case.samples:
        yield f"{len(tensors)} tensors"
    with safe_open(case.path, framework="np") as file:
        for k, name in enumerate(file.offset_keys()):
            tensor = file.get_tensor(name)
            if list(tensor.shape) != case.dims or tensor.dtype != case.dtype:
                yield f"{name} is {tensor.dtype} {tensor.shape}"
            start = k * case.sample_bytes
            if tensor.tobytes() != case.stream[start:start + case.sample_bytes]:
                yield f"{name} has other bytes"


def tensor_ranges(path):
    with open(path, "rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
    spans = sorted(entry["data_offsets"] for name, entry in header.items()
                   if name != "__metadata__")
    return [[8 + header_bytes + begin, end - begin] for begin, end in spans]


def write(folder):
    generator = np.random.default_rng(3)
    files = []
    for name, metadata in (("plain", None), ("noted", {"format": "pt"})):
        path = os.path.join(folder, f"{name}.safetensors")
        tensors = {
            f"model.layers.{i}.weight": generator.normal(
                size=(3 + i, 7)).astype((np.float32, np.float16, np.int64)[i % 3])
            for i in range(20)
        }
        tensors["model.norm.bias"] = np.zeros(5, np.uint8)
        save_file(tensors, path, metadata=metadata)
        files.append(suite.foreign_file(
            path, [1], len(tensors), tensor_ranges(path)))
    return files


suite.main(differences, write)
