/**
 * Opens some files of somebody else's dataset as a reader would, before the
 * run: what is no file of the format is told then and not in the middle of an
 * epoch.
 */
import type { FileSpec, Format } from "../../formats/format.ts";
import { filePath } from "../../sampling/file_names.ts";
import { SampleDims } from "../../sampling/sample_dims.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";
import type { SplitFiles } from "../plan/visit_plan.ts";

/** Files that are opened, spread evenly: an index may take many reads. */
const MAX_OPENED = 8;

/** What is opened, and with what. */
export interface ProbeParts {
  readonly storage: Storage;
  readonly format: Format;
  readonly dataset: DatasetPlan;
}

/**
 * Opens files of a split.
 *
 * @throws {FormatError} For the first that is not what the settings say.
 */
export async function probeSamples(
  split: SplitFiles,
  { storage, format, dataset }: ProbeParts,
): Promise<void> {
  if (format.open === undefined) return;
  const files = spread(split.fileCount);
  const dims = new SampleDims(dataset.dims);
  const pathOf = (file: number) =>
    `${dataset.folder}/${filePath(split.naming, file)}`;
  await forEachFile(storage, files.length, async (index) => {
    const file = files[index] ?? 0;
    const fileIndex = split.firstFileIndex + file;
    const spec: FileSpec = {
      // Nothing is decoded here.
      dataset: {
        ...dataset.spec,
        samplesPerFile: split.heldSamples?.[file] ??
          dataset.spec.samplesPerFile,
        parquet: { ...dataset.spec.parquet, decode: false },
      },
      fileIndex,
      sampleDims: dims.of(fileIndex),
    };
    const source = await storage.open(pathOf(file));
    try {
      await format.open?.(source, spec);
    } finally {
      await source.close();
    }
  });
}

function spread(fileCount: number): number[] {
  const count = Math.min(fileCount, MAX_OPENED);
  if (count <= 1) return count === 1 ? [0] : [];
  return Array.from(
    { length: count },
    (_, i) => Math.floor((i * (fileCount - 1)) / (count - 1)),
  );
}
