"""JPEG and PNG through Pillow: dimensions, pixels, size, payload."""

import os
import struct
import warnings

import numpy as np
from PIL import Image

import suite

# Large images are what is asked for.
Image.MAX_IMAGE_PIXELS = None
warnings.simplefilter("error")

FEW_ZERO_ROWS = 0.02
LARGE_PIXELS = 100_000


def differences(case):
    height, width = (case.dims + [1])[:2]
    with Image.open(case.path) as image:
        image.verify()
    with Image.open(case.path) as image:
        image.load()
        if image.size != (width, height) or image.mode != "L":
            yield f"size {image.size}, mode {image.mode}"
            return
        pixels = np.asarray(image)
        if image.format == "PNG":
            yield from png_differences(case, pixels)
        else:
            comments = [data for name, data in image.applist if name == "COM"]
            yield from jpeg_differences(case, pixels, b"".join(comments))
    if os.path.getsize(case.path) != height * width:
        yield f"{os.path.getsize(case.path)} bytes, not {height * width}"


def png_differences(case, pixels):
    """Pixels are the stream without filter bytes, but for zero rows below."""
    height, width = pixels.shape
    row_bytes = width + 1
    stream = np.frombuffer(case.stream[: height * row_bytes], np.uint8)
    random_rows = stream.reshape(height, row_bytes)[:, 1:]
    same = (pixels == random_rows).all(axis=1)
    count = height if same.all() else int(np.argmin(same))
    if pixels[count:].any():
        yield f"row {count} has other pixels"
    if height * width >= LARGE_PIXELS and min(height, width) > 100:
        if height - count > height * FEW_ZERO_ROWS:
            yield f"{height - count} of {height} rows are zero"
    filler = case.stream[count * row_bytes:]
    if not filler.startswith(private_chunk(case.path)):
        yield "the private chunk has other bytes"


def private_chunk(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 8
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"stKr":
            return data[at + 8: at + 8 + length]
        at += 12 + length
    return b""


def jpeg_differences(case, pixels, comments):
    """Comments are the stream; gray is 1/8 of a walk along its next bits."""
    if comments != case.stream[: len(comments)]:
        yield "comments of other bytes"
    height, width = pixels.shape
    rows, columns = -(-height // 8), -(-width // 8)
    blocks = rows * columns
    scan = np.frombuffer(case.stream[len(comments):], np.uint8)
    signs = np.unpackbits(scan[: (3 * blocks + 7) // 8])[1::3][:blocks]
    walk = np.cumsum(signs.astype(int) * 2 - 1).reshape(rows, columns)
    gray = np.clip(128 + walk / 8, 0, 255).repeat(8, 0).repeat(8, 1)
    if np.abs(gray[:height, :width] - pixels).max() > 1:
        yield "other pixels"


def write(folder):
    pixels = np.arange(60 * 80, dtype=np.uint32).reshape(60, 80).astype(np.uint8)
    files = []
    for extension in ("jpeg", "png"):
        path = os.path.join(folder, f"pillow.{extension}")
        Image.fromarray(pixels).save(path)
        files.append(suite.foreign_file(path, [60, 80], 1))
    return files


suite.main(differences, write)
