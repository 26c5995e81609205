"""Datasets as other libraries make them, none of which is renamed.

    existing_datasets.py FOLDER

makes each in a folder of its own below FOLDER and prints a line of JSON for
each: what the owner's library says of it. `bytes` and `samples` are lists,
one number per file, by split.
"""

import glob
import hashlib
import io
import json
import multiprocessing
import os
import sys

import numpy as np

#: Samples of the files of a split, uneven.
TRAIN = [9, 1, 16, 5]
VALID = [7, 2]
SPLITS = {"train": TRAIN, "valid": VALID}

rng = np.random.default_rng(1)


def place(root, *parts):
    path = os.path.join(root, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def sizes(paths):
    return [os.path.getsize(path) for path in paths]


def facts(made_by, fmt, samples, paths, **more):
    """samples, paths: one entry per file, by split."""
    return {
        "made_by": made_by,
        "format": fmt,
        "samples": samples,
        "bytes": {split: sizes(files) for split, files in paths.items()},
        "settings": [],
        "folder": "",
        **more,
    }


def ones(paths):
    return {split: [1] * len(files) for split, files in paths.items()}


def imagenet(root):
    from PIL import Image
    paths = {"train": [], "valid": []}
    for split, folder, count in [("train", "train", 12), ("valid", "val", 4)]:
        for wnid in ("n01440764", "n02102040", "n03000684"):
            for i in range(count):
                path = place(root, folder, wnid, f"{wnid}_{i * 31}.JPEG")
                pixels = rng.integers(0, 255, (60 + 7 * i, 90, 3), np.uint8)
                Image.fromarray(pixels).save(path, "JPEG")
                paths[split].append(path)
    with open(place(root, "LOC_synset_mapping.txt"), "w") as file:
        file.write("n01440764 tench\n")
    return facts("Pillow, ImageNet's tree", "jpeg", ones(paths), paths)


def coco(root):
    from PIL import Image
    paths = {"train": [], "valid": []}
    for split, folder, count in [("train", "train2017", 10),
                                 ("valid", "val2017", 4)]:
        for i in range(count):
            path = place(root, folder, f"{i:012d}.jpg")
            Image.fromarray(
                rng.integers(0, 255, (50 + i, 50, 3), np.uint8)).save(path)
            paths[split].append(path)
    with open(place(root, "annotations", "captions_val2017.json"), "w") as file:
        file.write("{}")
    return facts("Pillow, COCO's folders", "jpeg", ones(paths), paths)


def png_flat(root):
    from PIL import Image
    paths = []
    for i in range(6):
        paths.append(place(root, f"Scan {i}.PNG"))
        Image.fromarray(rng.integers(0, 255, (40 + i, 40), np.uint8)).save(
            paths[-1])
    return facts("Pillow, upper case, one folder", "png",
                 ones({"train": paths}), {"train": paths})


def hub_cache(root):
    """What huggingface_hub keeps: blobs by their hash, and links to them."""
    import datasets
    hub = "datasets--org--set"
    revision = "0123456789abcdef0123456789abcdef01234567"
    names = {"train": "train-{:05d}-of-00004.parquet",
             "valid": "validation-{:05d}-of-00002.parquet"}
    samples, paths = {}, {"train": [], "valid": []}
    for split, counts in SPLITS.items():
        samples[split] = []
        for i, count in enumerate(counts):
            rows = datasets.Dataset.from_dict({
                "text": [f"row {k} " + "x" * 200 for k in range(count)],
                "label": list(range(count)),
            })
            buffer = io.BytesIO()
            rows.to_parquet(buffer)
            blob = hashlib.sha256(buffer.getvalue()).hexdigest()
            with open(place(root, hub, "blobs", blob), "wb") as file:
                file.write(buffer.getvalue())
            link = place(root, hub, "snapshots", revision, "data",
                         names[split].format(i))
            os.symlink(f"../../../blobs/{blob}", link)
            paths[split].append(link)
            samples[split].append(len(datasets.Dataset.from_parquet(
                link, cache_dir=os.path.join(root, os.pardir, "cache"))))
    return facts("datasets, the hub's cache of links", "parquet", samples,
                 paths, folder=f"{hub}/snapshots/{revision}")


def hive(root):
    import pyarrow as pa
    import pyarrow.parquet as pq
    days = [day for day, count in enumerate(TRAIN) for _ in range(count)]
    table = pa.table({"day": days, "x": rng.random(len(days))})
    pq.write_to_dataset(table, root, partition_cols=["day"])
    paths = sorted(glob.glob(f"{root}/day=*/*.parquet"))
    samples = [pq.ParquetFile(path).metadata.num_rows for path in paths]
    return facts("pyarrow, partitions", "parquet", {"train": samples},
                 {"train": paths})


def pyarrow_parquet(root):
    import pyarrow
    import pyarrow.parquet as pq
    folder = os.path.join(os.path.dirname(pyarrow.__file__),
                          "tests", "data", "parquet")
    paths = sorted(glob.glob(f"{folder}/*.parquet"))
    samples = [pq.ParquetFile(path).metadata.num_rows for path in paths]
    return facts("pyarrow's own tests", "parquet", {"train": samples},
                 {"train": paths}, place=folder)


def tensorflow_records(names):
    def make(root):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import tensorflow as tf
        samples, paths = {}, {"train": [], "valid": []}
        for split, counts in SPLITS.items():
            for i, count in enumerate(counts):
                path = place(root, names[split].format(i, len(counts)))
                with tf.io.TFRecordWriter(path) as writer:
                    for k in range(count):
                        value = tf.train.BytesList(
                            value=[rng.bytes(300 + 40 * k)])
                        writer.write(tf.train.Example(
                            features=tf.train.Features(feature={
                                "image": tf.train.Feature(bytes_list=value),
                            })).SerializeToString())
                paths[split].append(path)
            samples[split] = [
                sum(1 for _ in tf.data.TFRecordDataset(path))
                for path in paths[split]
            ]
        return facts("tensorflow, " + names["about"], "tfrecord", samples,
                     paths)
    return make


def arrow_files(root):
    import pyarrow as pa
    samples, paths = [], []
    for i, count in enumerate(TRAIN):
        table = pa.table({"id": list(range(count)),
                          "text": ["x" * 9 * k for k in range(count)]})
        paths.append(place(root, f"part-{i}.arrow"))
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.OSFile(paths[-1], "wb") as sink:
            with pa.ipc.new_file(sink, table.schema, options=options) as file:
                file.write_table(table, max_chunksize=4)
        samples.append(pa.ipc.open_file(paths[-1]).read_all().num_rows)
    return facts("pyarrow, IPC files, zstd", "arrow", {"train": samples},
                 {"train": paths})


def feather(root):
    import pyarrow as pa
    import pyarrow.feather
    samples, paths = [], []
    for i, count in enumerate(TRAIN):
        paths.append(place(root, f"table{i}.feather"))
        pyarrow.feather.write_feather(
            pa.table({"x": rng.random(count)}), paths[-1])
        samples.append(pyarrow.feather.read_table(paths[-1]).num_rows)
    return facts("pyarrow, Feather", "arrow", {"train": samples},
                 {"train": paths})


def saved_to_disk(root):
    import datasets
    made = datasets.DatasetDict({
        "train": datasets.Dataset.from_dict({"x": list(range(31))}),
        "test": datasets.Dataset.from_dict({"x": list(range(9))}),
    })
    made.save_to_disk(root, num_shards={"train": 3, "test": 2})
    paths = {
        "train": sorted(glob.glob(f"{root}/train/*.arrow")),
        "valid": sorted(glob.glob(f"{root}/test/*.arrow")),
    }
    samples = {
        split: [len(datasets.Dataset.from_file(path)) for path in files]
        for split, files in paths.items()
    }
    return facts("datasets, save_to_disk", "arrow", samples, paths)


def largest_first_axis(path):
    """Samples of an HDF5 file: along the first axis of its largest array."""
    import h5py
    arrays = []

    def visit(_, item):
        if isinstance(item, h5py.Dataset) and item.shape is not None:
            arrays.append((item.nbytes, item.shape))

    with h5py.File(path) as file:
        file.visititems(visit)
    shape = max(arrays)[1] if arrays else ()
    return shape[0] if shape else 1


def h5py_tests(root):
    import h5py
    folder = os.path.join(os.path.dirname(h5py.__file__), "tests",
                          "data_files")
    paths = sorted(glob.glob(f"{folder}/*.h5"))
    samples = [largest_first_axis(path) for path in paths]
    return facts("h5py's own tests", "hdf5", {"train": samples},
                 {"train": paths}, place=folder)


def h5py_uneven(root):
    import h5py
    paths = []
    for i, count in enumerate(TRAIN):
        paths.append(place(root, "TRAIN", f"OMI-Aura_{i}.he5"))
        with h5py.File(paths[-1], "w") as file:
            file.create_dataset("HDFEOS/GRIDS/a", compression="gzip",
                                chunks=(1, 8, 8),
                                data=rng.random((count, 8, 8)))
    samples = [largest_first_axis(path) for path in paths]
    return facts("h5py, .he5 in TRAIN/", "hdf5", {"train": samples},
                 {"train": paths})


def netcdf(root):
    import netCDF4
    paths = []
    for i, count in enumerate(TRAIN):
        paths.append(place(root, f"era5_{1979 + i}.nc"))
        with netCDF4.Dataset(paths[-1], "w") as file:
            file.createDimension("time", count)
            file.createDimension("x", 20)
            file.createVariable("z", "f8", ("time", "x"))[:] = rng.random(
                (count, 20))
    samples = []
    for path in paths:
        with netCDF4.Dataset(path) as file:
            samples.append(len(file.dimensions["time"]))
    return facts("netCDF4", "hdf5", {"train": samples}, {"train": paths})


def several_arrays(root):
    samples, paths = {}, {"train": [], "valid": []}
    for split, counts in SPLITS.items():
        for i, count in enumerate(counts):
            paths[split].append(place(root, split, f"batch_{i + 1}.npz"))
            np.savez(paths[split][-1], mean=np.zeros(3),
                     images=rng.random((count, 8, 8)),
                     labels=np.arange(count))
        samples[split] = [
            len(np.load(path)["images"]) for path in paths[split]
        ]
    return facts("numpy, npz of several arrays", "npz", samples, paths)


def gaps(root):
    paths = []
    for i, count in zip((0, 1, 3, 7), TRAIN):
        paths.append(place(root, "train", f"sample_{i}.npy"))
        np.save(paths[-1], rng.random((count, 16)))
    samples = [len(np.load(path)) for path in paths]
    return facts("numpy, gaps in the numbers", "npy", {"train": samples},
                 {"train": paths})


def table_text(ending, about):
    def make(root):
        import pandas as pd
        samples, paths = {}, {"train": [], "valid": []}
        for split, counts in SPLITS.items():
            name = "train" if split == "train" else "dev"
            for i, count in enumerate(counts):
                frame = pd.DataFrame({
                    "id": range(count),
                    "text": [f'line "q" {k}\nnext, cell' for k in range(count)],
                })
                paths[split].append(place(root, f"{name}_{i}.{ending}"))
                frame.to_csv(paths[split][-1], index=False)
            samples[split] = [len(pd.read_csv(path)) for path in paths[split]]
        return facts("pandas, " + about, "csv", samples, paths)
    return make


def webdataset(ending, about):
    def make(root):
        import webdataset as wds
        samples, paths = {}, {}
        for split, shards in SPLITS.items():
            name = "train" if split == "train" else "val"
            paths[split] = []
            for i, count in enumerate(shards):
                path = place(root, name, f"{name}-{i:06d}.{ending}")
                with wds.TarWriter(path) as writer:
                    for k in range(count):
                        writer.write({"__key__": f"{i:03d}{k:06d}",
                                      "jpg": rng.bytes(500 + 100 * k),
                                      "cls": k, "json": {"k": k}})
                paths[split].append(path)
            samples[split] = [
                sum(1 for _ in wds.WebDataset(path, shardshuffle=False))
                for path in paths[split]
            ]
        return facts("webdataset, " + about, "webdataset", samples, paths)
    return make


def mosaic(root):
    import stand_ins  # noqa: F401
    from streaming.base.format import MDSWriter
    from streaming.base.local import LocalDataset
    samples, paths = {}, {}
    for split, name in (("train", "train"), ("valid", "val")):
        out = os.path.join(root, name)
        with MDSWriter(columns={"x": "bytes", "y": "int"}, out=out,
                       size_limit=4000) as writer:
            for k in range(sum(SPLITS[split])):
                writer.write({"x": rng.bytes(100 + 30 * k), "y": k})
        shards = LocalDataset(out).shards
        samples[split] = [len(shard) for shard in shards]
        paths[split] = [
            os.path.join(out, shard.raw_data.basename) for shard in shards
        ]
    return facts("mosaicml-streaming", "mds", samples, paths)


def megatron(root):
    from megatron_core import IndexedDataset, IndexedDatasetBuilder, from_numpy
    length = 64
    samples, paths = [], []
    for i, count in enumerate(TRAIN):
        prefix = place(root, f"corpus{i}_text_document")
        builder = IndexedDatasetBuilder(prefix + ".bin", dtype=np.uint16)
        left = count * length + 1 + i
        while left > 0:
            sequences = [min(left, int(n)) for n in rng.integers(1, 90, 2)]
            sequences = [sequences[0], min(sequences[1], left - sequences[0])]
            tokens = rng.integers(0, 5000, sum(sequences)).astype(np.uint16)
            builder.add_document(from_numpy(tokens), sequences)
            left -= sum(sequences)
        builder.finalize(prefix + ".idx")
        # Its arrays lie in a map that goes with it.
        dataset = IndexedDataset(prefix)
        total = int(dataset.index.sequence_lengths.sum())
        samples.append((total - 1) // length)
        paths.append(prefix + ".bin")
    return facts("megatron-core, .bin and .idx", "megatron",
                 {"train": samples}, {"train": paths},
                 settings=[f"dataset.record_dims=[{length}]"])


def safetensors(root):
    from safetensors import safe_open
    from safetensors.numpy import save_file
    samples, paths = [], []
    for i, count in enumerate(TRAIN[:3]):
        path = place(root, f"model-{i + 1:05d}-of-00003.safetensors")
        save_file({f"layer.{i}.{k}": rng.random((8, k + 1)).astype("f4")
                   for k in range(count)}, path)
        with safe_open(path, "np") as file:
            samples.append(len(file.keys()))
        paths.append(path)
    with open(place(root, "model.safetensors.index.json"), "w") as file:
        file.write("{}")
    return facts("safetensors, a model's shards", "safetensors",
                 {"train": samples}, {"train": paths})


def films(root):
    paths = []
    for i, count in enumerate(TRAIN):
        paths.append(place(root, f"clip {i}.mp4"))
        with open(paths[-1], "wb") as file:
            file.write(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
            file.write(rng.bytes(count * 5000))
    return facts("a camera: mp4", "raw", ones({"train": paths}),
                 {"train": paths})


MAKERS = {
    "imagenet": imagenet,
    "coco": coco,
    "png": png_flat,
    "hub": hub_cache,
    "hive": hive,
    "pyarrow_parquet": pyarrow_parquet,
    "tf_bare": tensorflow_records({
        "about": "shards without an ending",
        "train": "train-{:05d}-of-{:05d}",
        "valid": "validation-{:05d}-of-{:05d}",
    }),
    "tfds": tensorflow_records({
        "about": "names of TensorFlow Datasets",
        "train": "1.0.0/set-train.tfrecord-{:05d}-of-{:05d}",
        "valid": "1.0.0/set-test.tfrecord-{:05d}-of-{:05d}",
    }),
    "arrow": arrow_files,
    "feather": feather,
    "saved": saved_to_disk,
    "h5py_tests": h5py_tests,
    "he5": h5py_uneven,
    "nc": netcdf,
    "npz": several_arrays,
    "npy": gaps,
    "csv_gz": table_text("csv.gz", "gzip, train_ and dev_"),
    "csv": table_text("csv", "quoted line feeds"),
    "webdataset": webdataset("tar", "shards"),
    "tar_gz": webdataset("tar.gz", "gzip"),
    "mds": mosaic,
    "megatron": megatron,
    "safetensors": safetensors,
    "mp4": films,
}


def make(name):
    root = os.path.join(sys.argv[1], name)
    os.makedirs(root)
    made = MAKERS[name](root)
    made["name"] = name
    made["place"] = made.get("place") or os.path.join(root, made["folder"])
    return made


def tell(name):
    print(json.dumps(make(name)), flush=True)


if __name__ == "__main__":
    # Each in a process of its own: libraries stand in for one another.
    processes = multiprocessing.get_context("fork")
    for name in MAKERS:
        maker = processes.Process(target=tell, args=(name,))
        maker.start()
        maker.join()
        if maker.exitcode != 0:
            sys.exit(f"{name} was not made: status {maker.exitcode}")
