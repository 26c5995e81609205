/**
 * Datasets as other people keep them: which files there are, what is set, and
 * what training and evaluation then read.
 */

/** One dataset. */
export interface Layout {
  readonly name: string;
  /** Paths below the dataset folder. */
  readonly files: readonly string[];
  /** Settings beside the folder; npz and training where nothing is said. */
  readonly words?: readonly string[];
  /** What is read, in order; absent: the run does not read that split. */
  readonly train?: readonly string[];
  readonly valid?: readonly string[];
  /** Parts of what is said, one of each note, in order. */
  readonly notes?: readonly string[];
}

const EVALUATES = "workflow.evaluation=true";
const ONLY_EVALUATES = ["workflow.train=false", EVALUATES];
const format = (name: string) => `dataset.format=${name}`;

/** `name(0)` … */
function numbered(
  count: number,
  name: (number: number) => string,
  first = 0,
): string[] {
  return Array.from({ length: count }, (_, i) => name(first + i));
}

const shard = (number: number, count: number) =>
  `${String(number).padStart(5, "0")}-of-${String(count).padStart(5, "0")}`;

/** Every usual layout of splits. */
const SPLITS: readonly Layout[] = [
  {
    name: "train and valid, as DLIO's",
    files: ["train/a.npz", "valid/b.npz"],
    words: [EVALUATES],
    train: ["train/a.npz"],
    valid: ["valid/b.npz"],
    notes: [],
  },
  ...["val", "validation", "eval", "test", "dev", "Valid", "TEST"].map((
    word,
  ): Layout => ({
    name: `train and ${word}`,
    files: ["train/a.npz", `${word}/b.npz`],
    words: [EVALUATES],
    train: ["train/a.npz"],
    valid: [`${word}/b.npz`],
    notes: [`evaluation 1 file, "${word}"`],
  })),
  {
    name: "Train in another case, class folders as ImageNet",
    files: [
      "Train/n01/n01_1.JPEG",
      "Train/n02/n02_7.JPEG",
      "val/n01/ILSVRC2012_val_00000003.JPEG",
    ],
    words: [EVALUATES, format("jpeg")],
    train: ["Train/n01/n01_1.JPEG", "Train/n02/n02_7.JPEG"],
    valid: ["val/n01/ILSVRC2012_val_00000003.JPEG"],
    notes: ['training reads 2 files, "Train"'],
  },
  {
    name: "the first of val and test; the other is counted",
    files: ["train/a.npz", "test/b.npz", "test/c.npz", "val/d.npz"],
    words: [EVALUATES],
    train: ["train/a.npz"],
    valid: ["val/d.npz"],
    notes: ['"val"', '2 files, "test"'],
  },
  {
    name: "COCO, with folders beside",
    files: [
      "train2017/1.jpg",
      "val2017/2.jpg",
      "annotations/x.json",
      "README.md",
    ],
    words: [EVALUATES, format("jpeg")],
    train: ["train2017/1.jpg"],
    valid: ["val2017/2.jpg"],
    notes: [
      '"train2017"; evaluation 1 file, "val2017"',
      "1 file, such as README.md",
      "1 folder, such as annotations",
    ],
  },
  {
    name: "several folders of one split, as LibriSpeech",
    files: [
      "train-clean-100/1/a.npz",
      "train-other-500/2/b.npz",
      "dev-clean/c.npz",
      "test-clean/d.npz",
    ],
    words: [EVALUATES],
    train: ["train-clean-100/1/a.npz", "train-other-500/2/b.npz"],
    valid: ["dev-clean/c.npz"],
    notes: ['"train-clean-100", "train-other-500"', '"test-clean"'],
  },
  {
    name: "splits below kinds of data, as YOLO",
    files: [
      "images/train/1.jpg",
      "images/val/2.jpg",
      "labels/train/1.txt",
      "labels/val/2.txt",
    ],
    words: [EVALUATES, format("jpeg")],
    train: ["images/train/1.jpg"],
    valid: ["images/val/2.jpg"],
    notes: ['"images/train"', "2 files, such as labels/train/1.txt"],
  },
  {
    name: "Hugging Face's data/train-00000-of-00004.parquet",
    files: [
      ...numbered(4, (i) => `data/train-${shard(i, 4)}.parquet`),
      "data/test-00000-of-00001.parquet",
      "README.md",
    ],
    words: [EVALUATES, format("parquet")],
    train: numbered(4, (i) => `data/train-${shard(i, 4)}.parquet`),
    valid: ["data/test-00000-of-00001.parquet"],
    notes: ['names say "train"', "README.md"],
  },
];

/** Names of files. */
const NAMES: readonly Layout[] = [
  {
    name: "TFRecord shards without an ending",
    files: [
      ...numbered(4, (i) => `train-${shard(i, 4)}`),
      "validation-00000-of-00001",
      "labels.txt",
    ],
    words: [EVALUATES, format("tfrecord")],
    train: numbered(4, (i) => `train-${shard(i, 4)}`),
    valid: ["validation-00000-of-00001"],
    notes: ['names say "train"', "labels.txt"],
  },
  {
    name: "TFDS: x-train.tfrecord-00000-of-00004",
    files: [
      ...numbered(4, (i) => `mnist/3.0.1/mnist-train.tfrecord-${shard(i, 4)}`),
      "mnist/3.0.1/mnist-test.tfrecord-00000-of-00001",
      "mnist/3.0.1/features.json",
    ],
    words: [EVALUATES, format("tfrecord")],
    train: numbered(
      4,
      (i) => `mnist/3.0.1/mnist-train.tfrecord-${shard(i, 4)}`,
    ),
    valid: ["mnist/3.0.1/mnist-test.tfrecord-00000-of-00001"],
    notes: ['names say "train"', "features.json"],
  },
  {
    name: "endings in any case, and their usual aliases",
    files: ["train/a.JPG", "train/b.Jpeg", "train/c.jpe", "train/d.JFIF"],
    words: [format("jpeg")],
    train: ["train/a.JPG", "train/b.Jpeg", "train/c.jpe", "train/d.JFIF"],
    notes: [],
  },
  {
    name: "HDF5 by .h5, .he5 and .nc",
    files: ["a.h5", "b.HE5", "c.nc"],
    words: [format("hdf5")],
    train: ["a.h5", "b.HE5", "c.nc"],
    notes: ["training reads 3 files, all of them"],
  },
  {
    name: "compressed CSV",
    files: ["train/a.csv.gz", "train/b.csv"],
    words: [format("csv")],
    train: ["train/a.csv.gz", "train/b.csv"],
    notes: [],
  },
  {
    name: "DLIO's names counted from 1",
    files: numbered(5, (i) => `train/img_${i}_of_5.npz`, 1),
    train: numbered(5, (i) => `train/img_${i}_of_5.npz`, 1),
    notes: [],
  },
  {
    name: "DLIO's names with gaps",
    files: [0, 2, 5].map((i) => `train/img_${i}_of_8.npz`),
    train: [0, 2, 5].map((i) => `train/img_${i}_of_8.npz`),
    notes: [],
  },
  {
    name: "DLIO's names in sub-folders that the settings do not know",
    files: numbered(4, (i) => `train/${i % 2}/img_${i}_of_4.npz`),
    train: [0, 2, 1, 3].map((i) => `train/${i % 2}/img_${i}_of_4.npz`),
    notes: [],
  },
  {
    name: "Hive partitions, hidden files and markers",
    files: [
      "day=1/0.parquet",
      "day=2/0.parquet",
      "_SUCCESS",
      "day=1/.0.parquet.crc",
      "_delta_log/0.parquet",
    ],
    words: [format("parquet")],
    train: ["day=1/0.parquet", "day=2/0.parquet"],
    notes: ["all of them", "1 folder, such as _delta_log"],
  },
];

/** Files of which nothing says what they are for. */
const FLAT: readonly Layout[] = [
  {
    name: "one flat folder, for training alone",
    files: ["b.npz", "a.npz", "c.txt"],
    train: ["a.npz", "b.npz"],
    notes: ["all of them", "1 file, such as c.txt"],
  },
  {
    name: "one flat folder, for evaluation alone",
    files: ["b.npz", "a.npz"],
    words: ONLY_EVALUATES,
    valid: ["a.npz", "b.npz"],
  },
  {
    name: "one flat folder for both: every tenth evaluates",
    files: numbered(20, (i) => `${String(i).padStart(2, "0")}.npz`),
    words: [EVALUATES],
    train: numbered(20, (i) => `${String(i).padStart(2, "0")}.npz`)
      .filter((_, i) => i % 10 !== 0),
    valid: ["00.npz", "10.npz"],
    notes: ["18 files, the others of the 20 files"],
  },
  {
    name: "one flat folder for both, in numbers that are given",
    files: numbered(6, (i) => `${i}.npz`),
    words: [
      EVALUATES,
      "dataset.num_files_train=3",
      "dataset.num_files_eval=2",
    ],
    train: ["1.npz", "2.npz", "4.npz"],
    valid: ["0.npz", "3.npz"],
  },
  {
    name: "class folders without splits",
    files: ["cat/1.jpg", "dog/1.jpg", "dog/2.jpg"],
    words: [format("jpeg")],
    train: ["cat/1.jpg", "dog/1.jpg", "dog/2.jpg"],
  },
  {
    name: "the folder of one split itself",
    files: ["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"],
    words: [format("jpeg")],
    train: ["ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000002.JPEG"],
  },
  {
    name: "training files beside a folder of tests",
    files: ["1.npz", "x/2.npz", "test/3.npz"],
    words: [EVALUATES],
    train: ["1.npz", "x/2.npz"],
    valid: ["test/3.npz"],
  },
  {
    name: "a number of the files that are there",
    files: numbered(5, (i) => `train/${i}.npz`),
    words: ["dataset.num_files_train=3"],
    train: numbered(3, (i) => `train/${i}.npz`),
    notes: ["Of the 5 npz files"],
  },
];

/** Files that settings name. */
const NAMED: readonly Layout[] = [
  {
    name: "a pattern, whatever the ending",
    files: ["shards/0/a.tar", "shards/1/b.tar", "shards/1/b.json", "c.tar"],
    words: ["dataset.files_train=shards/**/*.tar"],
    train: ["shards/0/a.tar", "shards/1/b.tar"],
    notes: ["training reads 2 files, dataset.files_train"],
  },
  {
    name: "patterns for both splits",
    files: ["0.npz", "1.npz", "2.npz", "9.npz"],
    words: [
      EVALUATES,
      "dataset.files_train=['[01].npz','2.npz']",
      "dataset.files_eval='{9,8}.npz'",
    ],
    train: ["0.npz", "1.npz", "2.npz"],
    valid: ["9.npz"],
  },
  {
    name: "a pattern for evaluation; the rest trains",
    files: ["0.npz", "1.npz", "2.npz"],
    words: [EVALUATES, "dataset.files_eval='[2-9].npz'"],
    train: ["0.npz", "1.npz"],
    valid: ["2.npz"],
  },
  {
    name: "a path for evaluation; the rest trains",
    files: ["0.npz", "1.npz", "2.npz"],
    words: [EVALUATES, "dataset.files_eval=1.npz"],
    train: ["0.npz", "2.npz"],
    valid: ["1.npz"],
  },
  {
    name: "DLIO's old name of the setting",
    files: ["0.npz", "1.npz"],
    words: ["dataset.file_list_train=[1.npz]"],
    train: ["1.npz"],
  },
];

/** All of them. */
export const LAYOUTS: readonly Layout[] = [
  ...SPLITS,
  ...NAMES,
  ...FLAT,
  ...NAMED,
];
