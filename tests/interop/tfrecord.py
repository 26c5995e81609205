"""TFRecord through TensorFlow, which checks every checksum."""

import os
import struct

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

import suite

FRAMING_BYTES = 16


def differences(case):
    records = [r.numpy() for r in tf.data.TFRecordDataset(case.path)]
    if len(records) != case.samples:
        yield f"{len(records)} records, not {case.samples}"
    lines = []
    offset = 0
    for k, record in enumerate(records):
        example = tf.train.Example.FromString(record)
        feature = example.features.feature
        if sorted(feature) != ["image", "size"]:
            yield f"record {k} has features {sorted(feature)}"
            return
        start = k * case.sample_bytes
        image = case.stream[start:start + case.sample_bytes]
        if list(feature["image"].bytes_list.value) != [image]:
            yield f"record {k} has another image"
        if list(feature["size"].int64_list.value) != [case.sample_bytes]:
            yield f"record {k} has another size"
        lines.append(f"{offset} {len(record) + FRAMING_BYTES}\n")
        offset += len(record) + FRAMING_BYTES
    with open(case.companions[0]) as file:
        if file.readlines() != lines:
            yield "the index file lists other records"


def record_ranges(path):
    """[offset, bytes] of each record, from the framing alone."""
    ranges = []
    with open(path, "rb") as file:
        data = file.read()
    offset = 0
    while offset < len(data):
        (length,) = struct.unpack_from("<Q", data, offset)
        ranges.append([offset, length + FRAMING_BYTES])
        offset += length + FRAMING_BYTES
    return ranges


def write(folder):
    files = []
    for name, lengths in {
        "equal": [100] * 7,
        "varied": [1, 100, 30, 7, 250, 0, 3],
        "equal_total": [50, 80, 20, 50, 50, 50, 50],
        "single": [70],
    }.items():
        path = os.path.join(folder, f"{name}.tfrecord")
        with tf.io.TFRecordWriter(path) as writer:
            for length in lengths:
                image = tf.train.BytesList(value=[bytes(length)])
                feature = {"image": tf.train.Feature(bytes_list=image)}
                features = tf.train.Features(feature=feature)
                example = tf.train.Example(features=features)
                writer.write(example.SerializeToString())
        ranges = record_ranges(path)
        files.append(suite.foreign_file(path, [10, 10], len(lengths), ranges))
    return files


suite.main(differences, write)
