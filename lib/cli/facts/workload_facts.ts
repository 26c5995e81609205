/**
 * A workload in one line: its format, the size of its dataset, and the rate
 * that one accelerator needs from the storage to be always busy.
 */
import { formatBytes } from "../../bytes/sizes.ts";
import { textTable } from "../../bytes/text_table.ts";
import { givenFileCount } from "../../config/file_count.ts";
import { givenSampleCount } from "../../config/sample_count.ts";
import type { Workload } from "../../config/workload.ts";
import { FORMATS } from "../../formats/registry.ts";
import { meanSeconds } from "../../random/distribution.ts";

/** Facts of one workload. */
export interface WorkloadFacts {
  readonly name: string;
  /** "npz", "parquet" …; null if no dataset is used. */
  readonly format: string | null;
  readonly storage: string;
  /** 0 also where all that are there are read. */
  readonly files: number;
  /** Nominal bytes of the whole dataset. */
  readonly datasetBytes: number;
  /** Samples that one accelerator takes per second at full AU; or null. */
  readonly samplesPerSecond: number | null;
  /** Bytes that one accelerator reads per second at full AU; or null. */
  readonly bytesPerSecond: number | null;
  /** "generate", "train", "evaluate", "checkpoint". */
  readonly does: readonly string[];
}

/** Derives the facts of a workload. */
export function workloadFacts(name: string, workload: Workload): WorkloadFacts {
  const { workflow, dataset, storage, reader, train } = workload;
  const sampleBytes = storedSampleBytes(workload);
  const readBytes = bytesPerSample(workload, (column) => column.read);
  const usesData = workflow.generate_data || workflow.train ||
    workflow.evaluation;
  const files = (givenFileCount(dataset.num_files_train) ?? 0) +
    (givenFileCount(dataset.num_files_eval) ?? 0);
  const stepSeconds = meanSeconds(train.computation_time);
  const samplesPerSecond = workflow.train && stepSeconds > 0
    ? reader.batch_size / stepSeconds
    : null;
  return {
    name,
    format: usesData ? dataset.format : null,
    storage: storage.storage_type,
    files: usesData ? files : 0,
    datasetBytes: usesData
      ? Math.round(
        files * (givenSampleCount(dataset.num_samples_per_file) ?? 1) *
          sampleBytes,
      )
      : 0,
    samplesPerSecond,
    bytesPerSecond: samplesPerSecond === null
      ? null
      : samplesPerSecond * readBytes,
    does: [
      ...(workflow.generate_data ? ["generate"] : []),
      ...(workflow.train ? ["train"] : []),
      ...(workflow.evaluation ? ["evaluate"] : []),
      ...(workflow.checkpoint ? ["checkpoint"] : []),
    ],
  };
}

/** Nominal bytes that one sample takes in the dataset. */
export function storedSampleBytes(workload: Workload): number {
  return bytesPerSample(workload, () => true);
}

type Column = Workload["dataset"]["parquet"]["columns"][number];

function bytesPerSample(
  { dataset }: Workload,
  counts: (column: Column) => boolean,
): number {
  const { columns, partition_by } = dataset.parquet;
  if (FORMATS[dataset.format]?.hasColumns !== true || columns.length === 0) {
    return dataset.record_length_bytes;
  }
  // The partitions' column is in the names of folders, not in the files.
  const inFiles = columns.filter(({ name }) => name !== partition_by);
  return inFiles.filter(counts).reduce(
    (sum, { dtype, size }) => sum + size * dtypeBytes(dtype),
    0,
  );
}

/** Bytes of a Parquet column's element; 4 where there is no number in it. */
function dtypeBytes(dtype: string): number {
  if (dtype === "bool" || dtype === "binary") return 1;
  const bits = /\d+$/.exec(dtype)?.[0];
  return bits === undefined ? 4 : Number(bits) / 8;
}

/** Heading and cells of the list, left column first. */
const COLUMNS: readonly (readonly [string, (row: WorkloadFacts) => string])[] =
  [
    ["workload", (row) => row.name],
    ["does", (row) => row.does.join(" ")],
    ["format", (row) => row.format ?? "-"],
    ["storage", (row) => row.storage],
    ["files", (row) => row.files === 0 ? "-" : String(row.files)],
    [
      "dataset",
      (row) => row.datasetBytes === 0 ? "-" : formatBytes(row.datasetBytes),
    ],
    [
      "per accelerator",
      ({ samplesPerSecond, bytesPerSecond }) =>
        samplesPerSecond === null || bytesPerSecond === null
          ? "-"
          : `${rateText(samplesPerSecond)} samples/s, ${
            formatBytes(bytesPerSecond)
          }/s`,
    ],
  ];

/** The list of workloads as aligned lines, a heading first. */
export function workloadTable(rows: readonly WorkloadFacts[]): string {
  const cells = [
    COLUMNS.map(([title]) => title),
    ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  ];
  return textTable(cells).join("\n");
}

function rateText(perSecond: number): string {
  return perSecond < 100 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}
