"""Synthetic files: the index as decimal text."""

import os

import suite


def differences(case):
    with open(case.path) as file:
        text = file.read()
    if text != str(case.file_index):
        yield f"text {text!r}, not {case.file_index}"


def write(folder):
    path = os.path.join(folder, "python.synthetic")
    with open(path, "w") as file:
        file.write("7")
    return [suite.foreign_file(path, [1, 1], 1)]


suite.main(differences, write)
