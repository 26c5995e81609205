"""NVIDIA's own client of AIStore, against the cluster that Stoker is tested with.

    aistore_sdk.py write ENDPOINT BUCKET   makes the bucket and objects in it
    aistore_sdk.py read ENDPOINT BUCKET    reads, then removes, what Stoker put

Both end with a line of JSON: a list of {"name", "bytes", "sha256"}. `read`
gives of each object what its head says, what a GET gives and, named NAME#range,
bytes 10 to 99.
"""

import hashlib
import json
import sys

from aistore.sdk import Client
from aistore.sdk.errors import AISError
from aistore.sdk.list_object_flag import ListObjectFlag

SIZES = [0, 1, 70_000, 300_001]
"""Bytes of the objects that go whole; one more is appended in three parts."""


def content_of(size):
    return bytes((i * 31 + (i >> 8)) % 251 for i in range(size))


def entry(name, content):
    return {
        "name": name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def write(bucket):
    bucket.create()
    for size in SIZES:
        content = content_of(size)
        writer = bucket.object(f"sdk/put-{size}").get_writer()
        writer.put_content(content)
        yield entry(f"sdk/put-{size}", content)
    writer = bucket.object("sdk/appended").get_writer()
    handle, content = "", content_of(300_000)
    for start in range(0, len(content), 100_000):
        part = content[start : start + 100_000]
        handle = writer.append_content(part, handle)
    writer.append_content(b"", handle, flush=True)
    yield entry("sdk/appended", content)


def read(bucket, names):
    for name in names:
        item = bucket.object(name)
        content = item.get_reader().read_all()
        size = int(item.head("size").size)
        if size != len(content):
            raise SystemExit(f"{name}: head says {size}, get {len(content)}")
        yield entry(name, content)
        if size >= 100:
            part = item.get_reader(byte_range="bytes=10-99").read_all()
            yield entry(f"{name}#range", part)
        item.delete()
        try:
            item.get_reader().read_all()
        except AISError as error:
            if error.status_code != 404:
                raise
        else:
            raise SystemExit(f"{name}: it is still there")


def main():
    action, endpoint, bucket_name = sys.argv[1:4]
    bucket = Client(endpoint).bucket(bucket_name)
    if action == "write":
        entries = write(bucket)
    else:
        entries = read(bucket, sys.argv[4:])
    print(json.dumps({
        "entries": list(entries),
        "listFlags": ListObjectFlag.join_flags(
            [ListObjectFlag.NAME_SIZE, ListObjectFlag.NO_RECURSION]
        ),
    }))


main()
