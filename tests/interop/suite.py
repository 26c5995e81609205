"""What the format files of the interop suite share.

    FORMAT.py read CASES      compares generated files with their reference
    FORMAT.py write FOLDER    makes files with the owner's library and says in
                              FOLDER/foreign.json what is in them

CASES is JSON: a list of files with the settings that they were made from, as
`scripts/interop/generated_files.ts` writes it. `stream` is the path of the
random bytes that the payload must be, made by Stoker's scalar source.

Each difference is a line "PATH: text". The last line is JSON: {"files"}
compared. The exit status is 1 if anything differs.
"""

import json
import os
import sys

import numpy as np


class Case:
    """A generated file: its settings as attributes."""

    def __init__(self, fields):
        self.path = fields["path"]
        self.companions = fields["companions"]
        self.dims = fields["dims"]
        self.samples = fields["samples"]
        self.dtype = np.dtype(fields["element_type"]).newbyteorder("<")
        self.compression = fields["compression"]
        self.chunk_dims = fields["chunk_dims"]
        self.max_shape = fields["max_shape"]
        self.datasets_per_record = fields["datasets_per_record"]
        self.file_index = fields["file_index"]
        # [offset, bytes] of the ranges of each sample, as Stoker reads them;
        # empty where a file is not read by sample.
        self.planned = fields["planned"]
        with open(fields["stream"], "rb") as file:
            self.stream = file.read()

    @property
    def sample_bytes(self):
        return int(np.prod(self.dims)) * self.dtype.itemsize

    @property
    def payload(self):
        """The stream's first bytes, as many as all samples have."""
        return self.stream[: self.sample_bytes * self.samples]


def foreign_file(path, dims, samples, ranges=None):
    """Facts of a file that Stoker shall read.

    ranges: [offset, bytes] of each sample; None where the file is read whole.
    """
    return {
        "path": path,
        "bytes": os.path.getsize(path),
        "dims": dims,
        "samples": samples,
        "ranges": ranges,
    }


def main(differences, write):
    """Runs a format's file.

    differences: from a Case to the texts of what differs.
    write: from a folder to a list of foreign_file().
    """
    command, argument = sys.argv[1:]
    if command == "write":
        with open(os.path.join(argument, "foreign.json"), "w") as file:
            json.dump(write(argument), file)
        return
    with open(argument) as file:
        cases = [Case(fields) for fields in json.load(file)]
    found = False
    for case in cases:
        try:
            texts = list(differences(case))
        except Exception as error:  # The library refuses the file.
            texts = [f"{type(error).__name__}: {error}"]
        for text in texts:
            found = True
            print(f"{case.path}: {text}")
    print(json.dumps({"files": len(cases)}))
    sys.exit(1 if found else 0)
