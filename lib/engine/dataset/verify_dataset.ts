/**
 * Reads a dataset back and compares every byte with what its seed gives.
 */
import { DatasetError } from "../../errors.ts";
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import type { DescribedDataset } from "../plan/describe_dataset.ts";
import { fileCountOf, planVisit } from "../plan/visit_plan.ts";
import type { PreparedDataset } from "../run/prepare_run.ts";
import { during } from "../run/during.ts";
import type { RunHooks, RunOutcome } from "../run/run_hooks.ts";
import { inEveryProcess, waitForOthers } from "../run/together.ts";
import type { Damage } from "../threads/worker_start.ts";
import {
  anotherDataset,
  differences,
  identityOf,
  manifestPath,
  manifestSplits,
  readManifest,
  withRowGroupsOf,
} from "./manifest.ts";
import { type WantedFiles, wantedFiles } from "./wanted_files.ts";
import { runFileWorkers } from "./run_file_workers.ts";

/** Arguments of {@linkcode verifyDataset}. */
export interface VerifyOptions {
  readonly threads: number;
  /** Files to check, spread evenly; null: all. */
  readonly sampleCount: number | null;
}

/** What a verification found. */
export interface VerifyOutcome extends RunOutcome {
  /** Of those asked for, the missing ones included. */
  readonly checkedFiles: number;
  /** One entry per damaged file; of those never generated the first 1000. */
  readonly damages: readonly Damage[];
  /** Files that are damaged or missing. */
  readonly damagedCount: number;
}

/**
 * Verifies the files that the settings ask for of the dataset in the folder.
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
  const dataset = await inEveryProcess(
    hooks,
    "they read the manifest",
    () =>
      during(
        hooks,
        `reading the manifest in ${prepared.dataset.dataset.folder}`,
        () => describeGenerated(prepared),
      ),
  );
  const fileCount = fileCountOf(dataset.splits);
  const visitCount = Math.min(options.sampleCount ?? fileCount, fileCount);
  const plan = planVisit(dataset, "verify", {
    threads: options.threads,
    visitCount,
    cluster: hooks.link.cluster,
  });
  const damages: Damage[] = [];
  const onDamage = (damage: Damage) => damages.push(damage);
  const outcome = await runFileWorkers(plan, prepared, { ...hooks, onDamage });
  // One that left has nothing to say any more.
  if (outcome.error === null) await gatherDamages(damages, hooks);
  const { missing, missingCount } = dataset;
  const damagedFiles = new Set(damages.map(({ path }) => path)).size;
  damages.push(...missing);
  damages.sort((a, b) => a.path < b.path ? -1 : 1);
  return {
    ...outcome,
    checkedFiles: visitCount + missingCount,
    damages,
    damagedCount: damagedFiles + missingCount,
  };
}

/** Process 0 has those that others found as well. */
async function gatherDamages(
  damages: Damage[],
  hooks: RunHooks,
): Promise<void> {
  const { link } = hooks;
  if (link.cluster.size === 1) return;
  const own = encodeMessage(damages);
  const all = await waitForOthers(
    hooks,
    "they have verified their files",
    () => link.toFirst(own),
  );
  for (const bytes of all?.slice(1) ?? []) {
    damages.push(...decodeMessage<Damage[]>(bytes));
  }
}

/** What the settings ask for, under the names of the manifest. */
async function describeGenerated(
  { dataset: described, format, storage }: PreparedDataset,
): Promise<DescribedDataset & WantedFiles> {
  const { folder } = described.dataset;
  const manifest = await readManifest(storage, folder);
  if (manifest === null) {
    throw new DatasetError(
      `Cannot verify the dataset in "${folder}" as it must be one ` +
        `that Stoker made: there is no ${manifestPath(folder)}`,
    );
  }
  const dataset = withRowGroupsOf(manifest, described.dataset);
  const prefix = described.splits[0]?.naming.prefix ?? "";
  const found = differences(manifest.dataset, identityOf(dataset, prefix));
  if (found.length > 0) throw anotherDataset(folder, found);
  const listed = manifestSplits(manifest, format, folder);
  return {
    dataset,
    ...wantedFiles(listed, described.splits, folder),
  };
}
