/**
 * Opens some files of somebody else's dataset as a reader would, before the
 * run: what is no file of the format, or holds another number of samples, is
 * told then and not in the middle of an epoch.
 *
 * Only formats that find samples through an index tell how many there are;
 * of the others a file is read whole, whatever it holds.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { FormatError } from "../../errors.ts";
import type { FileSpec, Format } from "../../formats/format.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";

/** Files that are opened, spread evenly: an index may take many reads. */
const MAX_OPENED = 8;

/** What is opened, and with what. */
export interface ProbeParts {
  readonly storage: Storage;
  readonly format: Format;
  readonly dataset: DatasetPlan;
  /** Hears of samples that are left out. */
  readonly onNote?: (text: string) => void;
}

/**
 * Opens files of a split.
 *
 * @throws {FormatError} For the first that is not what the settings say.
 */
export async function probeSamples(
  split: SplitFiles,
  { storage, format, dataset, onNote }: ProbeParts,
): Promise<void> {
  if (format.open === undefined) return;
  const files = spread(split.fileCount);
  const dims = new SampleDims(dataset.dims);
  const held: (number | undefined)[] = [];
  const pathOf = (file: number) =>
    `${dataset.folder}/${filePath(split.naming, file)}`;
  await forEachFile(storage, files.length, async (index) => {
    const file = files[index] ?? 0;
    const fileIndex = split.firstFileIndex + file;
    const spec: FileSpec = {
      // Nothing is decoded here.
      dataset: {
        ...dataset.spec,
        parquet: { ...dataset.spec.parquet, decode: false },
      },
      fileIndex,
      sampleDims: dims.of(fileIndex),
    };
    const source = await storage.open(pathOf(file));
    try {
      const opened = await format.open?.(source, spec) ?? {};
      held[index] = format.samplesHeld?.(opened) ?? undefined;
      await checkCount(source, { format, dataset });
    } finally {
      await source.close();
    }
  });
  const wanted = dataset.spec.samplesPerFile;
  const larger = held.flatMap((count, index) =>
    count !== undefined && count > wanted ? [{ count, index }] : []
  );
  const [first] = larger;
  if (first === undefined) return;
  const path = pathOf(files[first.index] ?? 0);
  const others = larger.length === 1
    ? ""
    : ` (and ${larger.length - 1} more of the ${files.length} looked up)`;
  onNote?.(
    `Of the ${first.count} samples in "${path}" ${wanted} are used, the ` +
      `first: dataset.num_samples_per_file${others}`,
  );
}

/** Counts the samples of a file that tells them to no one who opens it. */
async function checkCount(
  source: ByteSource,
  { format, dataset }: Pick<ProbeParts, "format" | "dataset">,
): Promise<void> {
  const count = await format.countSamples?.(source);
  const wanted = dataset.spec.samplesPerFile;
  if (count === undefined || count === wanted) return;
  throw new FormatError(
    source.path,
    source.byteLength,
    `the file must hold ${wanted} samples (dataset.num_samples_per_file): ` +
      `it holds ${count}`,
  );
}

function spread(fileCount: number): number[] {
  const count = Math.min(fileCount, MAX_OPENED);
  if (count <= 1) return count === 1 ? [0] : [];
  return Array.from(
    { length: count },
    (_, i) => Math.floor((i * (fileCount - 1)) / (count - 1)),
  );
}
