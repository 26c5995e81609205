/**
 * What `generate` and `verify` share: one phase that goes over files.
 */
import { awaitStorage } from "../../engine/run/await_storage.ts";
import type { Workload } from "../../config/workload.ts";
import { type PreparedRun, prepareRun } from "../../engine/run/prepare_run.ts";
import type { RunHooks, RunOutcome } from "../../engine/run/run_hooks.ts";
import { inEveryProcess } from "../../engine/run/together.ts";
import type { Context } from "../line/command.ts";
import type { CommandLine } from "../line/command_line.ts";
import { type Session, startSession } from "./session.ts";

/** A session whose only phase has a name. */
export function startFilesSession(
  line: CommandLine,
  context: Context,
  title: string,
): Session {
  return startSession(line, context, {
    hostname: Deno.hostname(),
    titleOf: () => title,
    window: { excludeStartSteps: 0, excludeEndSteps: 0 },
  });
}

/** The workload as it is when only its dataset is written or looked at. */
export function onlyDataset(
  workload: Workload,
  { generates }: { readonly generates: boolean },
): Workload {
  return {
    ...workload,
    workflow: {
      ...workload.workflow,
      generate_data: generates,
      train: false,
      evaluation: false,
      checkpoint: false,
    },
  };
}

/**
 * Prepares a run without accelerators, and waits until its storage answers.
 *
 * @param workload Only its dataset.
 */
export async function prepareFiles(
  workload: Workload,
  hooks: RunHooks,
): Promise<PreparedRun> {
  const { link: { cluster }, placement, signal, stallTimeoutMs } = hooks;
  return await inEveryProcess(hooks, "their storage answers", async () => {
    const run = await prepareRun(workload, {
      accelerators: cluster.size,
      cluster,
      placement,
      randomSeed: 0,
      signal,
      stallTimeoutMs,
      onWait: hooks.onWait,
    });
    try {
      const { storage, dataset: { dataset: { folder } } } = run;
      await awaitStorage(hooks, [{ storage, folder }]);
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  });
}

/** Totals of a visit to files. */
export interface FilesOutcome {
  /** Files that were visited, also those found complete. */
  readonly files: number;
  /** Samples of those that were written. */
  readonly writtenSamples: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Adds up what the workers of a visit did. */
export function filesOutcome({ phases }: RunOutcome): FilesOutcome {
  const workers = phases.flatMap((phase) => phase.workers);
  return {
    files: workers.reduce((sum, { files }) => sum + files, 0),
    writtenSamples: workers.reduce((sum, { samples }) => sum + samples, 0),
    bytes: workers.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: phases.reduce((sum, phase) => sum + phase.durationSeconds, 0),
  };
}
