"""Makes numpy.json: what NumPy's own writers give for arrays of a pattern.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy==2.4.6
    /tmp/venv/bin/python tests/formats/golden/make_numpy.py

Payload byte i of a file is (167 i + 13 floor(i / 256) + 5) mod 256; that of
the large files, of which only both ends are kept, is 0.
"""

import base64
import io
import json
import pathlib
import zipfile

import numpy

KEPT_BYTES = 1024


def pattern(element_type, shape):
    byte_count = numpy.prod(shape) * numpy.dtype(element_type).itemsize
    i = numpy.arange(byte_count, dtype=numpy.int64)
    payload = ((167 * i + 13 * (i // 256) + 5) % 256).astype(numpy.uint8)
    return payload.view(element_type).reshape(shape)


class EndsOnly(io.RawIOBase):
    """A seekable file that forgets what it holds except for small writes."""

    def __init__(self):
        self.position = 0
        self.length = 0
        self.small = []

    def seekable(self):
        return True

    def writable(self):
        return True

    def tell(self):
        return self.position

    def seek(self, offset, whence=0):
        self.position = offset + (0, self.position, self.length)[whence]
        return self.position

    def write(self, data):
        data = bytes(data) if len(data) <= KEPT_BYTES else len(data)
        byte_count = data if isinstance(data, int) else len(data)
        if not isinstance(data, int):
            self.small.append((self.position, data))
        self.position += byte_count
        self.length = max(self.length, self.position)
        return byte_count

    def part(self, start, end):
        part = bytearray(end - start)
        for position, data in self.small:
            for i, byte in enumerate(data):
                if start <= position + i < end:
                    part[position + i - start] = byte
        return bytes(part)


def small_case(element_type, dims, samples):
    x = pattern(element_type, (*dims, samples))
    npy, npz = io.BytesIO(), io.BytesIO()
    numpy.save(npy, x)
    numpy.savez(npz, x=x, y=numpy.zeros(samples, numpy.int64))
    return {
        "elementType": element_type,
        "sampleDims": dims,
        "samplesPerFile": samples,
        "npy": base64.b64encode(npy.getvalue()).decode(),
        "npz": base64.b64encode(npz.getvalue()).decode(),
    }


def large_case(dims):
    x = numpy.broadcast_to(numpy.uint8(0), (*dims, 1))
    y = numpy.zeros(1, numpy.int64)
    file = EndsOnly()
    crcs = {}
    # numpy.savez without its check of paths: the same calls.
    with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for name, array in (("x.npy", x), ("y.npy", y)):
            with archive.open(name, "w", force_zip64=True) as entry:
                numpy.lib.format.write_array(entry, array)
            crcs[name] = archive.getinfo(name).CRC
    return {
        "sampleDims": dims,
        "fileBytes": file.length,
        "crc32": crcs["x.npy"],
        "head": base64.b64encode(file.part(0, KEPT_BYTES)).decode(),
        "tail": base64.b64encode(
            file.part(file.length - KEPT_BYTES, file.length)
        ).decode(),
    }


golden = {
    "numpy": numpy.__version__,
    "small": [
        small_case("uint8", [64, 64], 1),
        small_case("float32", [5, 3], 2),
        small_case("int64", [7], 4),
        small_case("float16", [2, 3, 4, 5], 1),
    ],
    "large": [
        # x.npy of 2^31 - 1 bytes: only offsets need zip64.
        large_case([2**31 - 1 - 128, 1]),
        # Beyond 2^31, but within 32 bits.
        large_case([3 * 2**15, 2**15]),
        # Beyond 2^32.
        large_case([5 * 2**15, 2**15]),
    ],
}
target = pathlib.Path(__file__).with_name("numpy.json")
target.write_text(json.dumps(golden, indent=2) + "\n")
