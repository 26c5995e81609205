"""Reads objects with a Python package, pass after pass, as s3_clients.ts asks.

    python s3_client.py '{"library": "s3dlio", ...}'

Prints a list of `Pass` as JSON. The CPU time of a pass is that of all threads
of this process, those of the package's Rust or C runtime included. Each package
is used in two ways: objects whole in memory, as DLIO's readers take them, and
their bytes dropped as they come, as Stoker reads.
"""
import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

# Of one chunk, where a package asks for it: 256 KiB, as Stoker's buffers.
CHUNK_BYTES = 256 * 1024

order = json.loads(sys.argv[1])
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ["AWS_ACCESS_KEY_ID"] = order["accessKeyId"]
os.environ["AWS_SECRET_ACCESS_KEY"] = order["secretAccessKey"]
os.environ["AWS_REGION"] = "us-east-1"
os.environ["AWS_ENDPOINT_URL"] = order["endpoint"]
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


def s3dlio_reader(is_kept):
    """One call for a pass; the package keeps so many requests under way."""
    import s3dlio

    uris = [f"s3://{order['bucket']}/{key}" for key in order["keys"]]
    in_flight = order["inFlight"]

    def keep_all():
        objects = s3dlio.get_many(uris, max_in_flight=in_flight)
        return sum(len(content) for _uri, content in objects)

    def drop_all():
        _count, byte_count = s3dlio.get_many_stats(uris, in_flight)
        return byte_count

    return keep_all if is_kept else drop_all


def s3torchconnector_reader(is_kept):
    """As many threads as requests: the package has no call for many objects."""
    from s3torchconnector._s3client import S3Client, S3ClientConfig

    client = S3Client(
        "us-east-1",
        endpoint=order["endpoint"],
        s3client_config=S3ClientConfig(force_path_style=True),
    )

    def keep(key):
        return len(client.get_object(order["bucket"], key).read())

    def drop(key):
        stream = client._get_object_stream(order["bucket"], key)
        return sum(len(chunk) for chunk in stream)

    return in_threads(keep if is_kept else drop)


def boto3_reader(is_kept):
    """One client for all threads, as its documentation has it."""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url=order["endpoint"],
        config=Config(
            max_pool_connections=order["inFlight"],
            s3={"addressing_style": "path"},
        ),
    )

    def body_of(key):
        return client.get_object(Bucket=order["bucket"], Key=key)["Body"]

    def keep(key):
        return len(body_of(key).read())

    def drop(key):
        chunks = body_of(key).iter_chunks(CHUNK_BYTES)
        return sum(len(chunk) for chunk in chunks)

    return in_threads(keep if is_kept else drop)


def minio_reader(is_kept):
    """As its documentation has it: read, close, give the connection back."""
    import urllib3
    from minio import Minio

    host = order["endpoint"].removeprefix("http://")
    client = Minio(
        host,
        order["accessKeyId"],
        order["secretAccessKey"],
        secure=False,
        region="us-east-1",
        http_client=urllib3.PoolManager(maxsize=order["inFlight"]),
    )

    def get(key):
        response = client.get_object(order["bucket"], key)
        try:
            if is_kept:
                return len(response.read())
            return sum(len(chunk) for chunk in response.stream(CHUNK_BYTES))
        finally:
            response.close()
            response.release_conn()

    return in_threads(get)


def in_threads(get):
    pool = ThreadPoolExecutor(order["inFlight"])
    return lambda: sum(pool.map(get, order["keys"]))


READERS = {
    "s3dlio.get_many": partial(s3dlio_reader, True),
    "s3dlio.get_many_stats": partial(s3dlio_reader, False),
    "s3torchconnector.read": partial(s3torchconnector_reader, True),
    "s3torchconnector.stream": partial(s3torchconnector_reader, False),
    "boto3.read": partial(boto3_reader, True),
    "boto3.stream": partial(boto3_reader, False),
    "minio.read": partial(minio_reader, True),
    "minio.stream": partial(minio_reader, False),
}


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run():
    read_all = READERS[order["library"]]()
    passes = []
    for _ in range(order["passCount"]):
        start, start_cpu = time.perf_counter(), cpu_seconds()
        byte_count = read_all()
        passes.append(
            {
                "seconds": time.perf_counter() - start,
                "cpuSeconds": cpu_seconds() - start_cpu,
                "byteCount": byte_count,
            }
        )
    print(json.dumps(passes))


run()
