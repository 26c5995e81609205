/**
 * Reads a dataset back and compares every byte with what its seed gives.
 */
import { DatasetError } from "../../errors.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";
import { fileCountOf, planVisit } from "../plan/visit_plan.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import type { Damage } from "../threads/worker_start.ts";
import {
  anotherDataset,
  differences,
  identityOf,
  manifestPath,
  manifestSplits,
  readManifest,
} from "./manifest.ts";
import { runFileWorkers } from "./run_file_workers.ts";

/** Arguments of {@linkcode verifyDataset}. */
export interface VerifyOptions {
  readonly threads: number;
  /** Files to check, spread evenly; null: all. */
  readonly sampleCount: number | null;
}

/** What a verification found. */
export interface VerifyOutcome extends RunOutcome {
  readonly checkedFiles: number;
  /** One entry per damaged file. */
  readonly damages: readonly Damage[];
}

/**
 * Verifies the dataset in the folder, whole, as its manifest lists it.
 *
 * @param prepared The dataset as the settings describe it.
 * @param hooks Who listens, and the signal that stops it.
 * @param options How many files, with how many threads.
 * @throws {DatasetError} If there is none, or its settings differ.
 */
export async function verifyDataset(
  prepared: PreparedDataset,
  hooks: RunHooks,
  options: VerifyOptions,
): Promise<VerifyOutcome> {
  const dataset = await describeGenerated(prepared);
  const fileCount = fileCountOf(dataset.splits);
  const visitCount = Math.min(options.sampleCount ?? fileCount, fileCount);
  const plan = planVisit(dataset, "verify", {
    threads: options.threads,
    visitCount,
    cluster: hooks.cluster,
  });
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => damages.push(damage);
  const outcome = await runFileWorkers(plan, prepared, { ...hooks, onDamage });
  damages.sort((a, b) => a.path < b.path ? -1 : 1);
  return { ...outcome, checkedFiles: visitCount, damages };
}

/** The dataset in a folder as its manifest lists it. */
async function describeGenerated(
  { dataset: described, format, storage }: PreparedDataset,
): Promise<DescribedDataset> {
  const { dataset } = described;
  const manifest = await readManifest(storage, dataset.folder);
  if (manifest === null) {
    throw new DatasetError(
      `Cannot verify the dataset in "${dataset.folder}" as it must be one ` +
        `that Stoker made: there is no ${manifestPath(dataset.folder)}`,
    );
  }
  const prefix = described.splits[0]?.naming.prefix ?? "";
  const found = differences(manifest.dataset, identityOf(dataset, prefix));
  if (found.length > 0) throw anotherDataset(dataset.folder, found);
  return { dataset, splits: manifestSplits(manifest, format) };
}
