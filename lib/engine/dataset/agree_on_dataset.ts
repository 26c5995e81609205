/**
 * Compares, before the first step, what each process of a run sees of the
 * dataset and what it is about to do: a host that has another dataset mounted,
 * or an older copy, would be found by nobody otherwise.
 *
 * Of files on hosts' own file systems names and lengths of up to 1,000 are
 * compared, spread evenly over each split; an object store is the same for
 * all.
 */
import { disagreements, type Facts } from "../../cluster/agreement.ts";
import { decodeMessage, encodeMessage } from "../../cluster/message.ts";
import { EXIT_FAILED, SharedError } from "../../errors.ts";
import { forEachFile } from "../../storage/lanes.ts";
import type { Storage } from "../../storage/storage.ts";
import { DatasetFiles } from "../plan/dataset_files.ts";
import type { RunPlan, SplitPlan } from "../plan/run_plan.ts";
import { during } from "../run/during.ts";
import type { PreparedRun } from "../run/prepare_run.ts";
import type { RunHooks } from "../run/run_hooks.ts";
import { inEveryProcess, waitForOthers } from "../run/together.ts";

/** Files of a split whose names and lengths are compared. */
const COMPARED_FILES_MAX = 1000;

/**
 * Compares the datasets of all processes; does nothing for a single one.
 *
 * @param run Its storage and format.
 * @param plan The plan with the dataset as this process sees it.
 * @param hooks The processes.
 * @throws {SharedError} In all, with every difference and its hosts.
 */
export async function agreeOnDataset(
  { storage, format }: Pick<PreparedRun, "storage" | "format">,
  plan: RunPlan,
  hooks: RunHooks,
): Promise<void> {
  const { link, placement } = hooks;
  if (link.cluster.size === 1) return;
  const facts = await inEveryProcess(
    hooks,
    "they compare their datasets",
    () =>
      during(
        hooks,
        `looking up files in ${plan.dataset.folder}`,
        (tick) => factsOf(plan, { storage, format }, tick),
      ),
  );
  const all = await waitForOthers(
    hooks,
    "they compare their datasets",
    () => link.toAll(encodeMessage(facts)),
  );
  const differences = disagreements(
    placement,
    all.map((bytes) => decodeMessage<Facts>(bytes)),
  );
  if (differences.length === 0) return;
  throw new SharedError([
    `Cannot run over ${link.cluster.size} processes as all must see the same ` +
    `dataset in "${plan.dataset.folder}":\n` +
    differences.map((text) => `  ${text}`).join("\n"),
  ], EXIT_FAILED);
}

async function factsOf(
  plan: RunPlan,
  where: Pick<PreparedRun, "storage" | "format">,
  onMove: () => void,
): Promise<Facts> {
  const { training, seed, ranks, dataset } = plan;
  const splits = [
    ["training", training.train],
    ["evaluation", training.eval],
  ] as const;
  const facts: Record<string, string | number> = {
    "accelerators": ranks.total,
    "epochs": training.epochs,
    "seed": seed,
  };
  for (const [name, split] of splits) {
    if (split === null) continue;
    facts[`${name} files`] = split.fileCount;
    facts[`${name} steps of an epoch`] = split.stepCount;
    facts[`${name} seed of samples`] = split.sampleSeed ?? "none";
    if (where.storage.hostPath === undefined || !plan.loader.reads) continue;
    const files = new DatasetFiles(dataset, [split], where.format);
    const looked = await lookUp(split, files, {
      storage: where.storage,
      onMove,
    });
    facts[`bytes of ${looked.count} ${name} files`] = looked.bytes;
    facts[`SHA-256 of ${looked.count} names of ${name} files`] = await digestOf(
      looked.names,
    );
  }
  return facts;
}

/** Names and lengths of some files of a split. */
async function lookUp(
  { firstFileIndex, fileCount }: SplitPlan,
  files: DatasetFiles,
  { storage, onMove }: {
    readonly storage: Storage;
    readonly onMove: () => void;
  },
) {
  const count = Math.min(fileCount, COMPARED_FILES_MAX);
  const names = new Array<string>(count).fill("");
  let bytes = 0;
  await forEachFile(storage, count, async (index) => {
    const file = firstFileIndex + Math.floor(index * fileCount / count);
    names[index] = files.relativePath(file);
    // One that is missing was told by whoever looked for the dataset.
    bytes += await storage.sizeOf(files.path(file)) ?? 0;
    onMove();
  });
  return { count, names, bytes };
}

async function digestOf(names: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(names.join("\n")),
  );
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("").slice(0, 16);
}
