/**
 * Saving and loading a checkpoint through the engine against a plain loop
 * that moves as many bytes with as many threads.
 */
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import {
  doneSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type Measure, type Measured, median } from "./measure.ts";
import { plainLoop } from "./plain_loop.ts";

const RANKS = 2;
const RANK_BYTES = 128 * 2 ** 20;
const ROUND_COUNT = 5;
/** The default of `checkpoint.chunk_size`. */
const BUFFER_BYTES = 4 * 2 ** 20;

/** Rows "checkpoint.*": through the page cache, without fsync. */
export const measures: readonly Measure[] = [
  { id: "checkpoint.write", run: () => measureKind("save_checkpoint") },
  { id: "checkpoint.read", run: () => measureKind("load_checkpoint") },
];

function measureKind(kind: PhaseRecord["kind"]): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const workload = workloadOf([
      "workflow.train=false",
      "workflow.checkpoint=true",
      `checkpoint.checkpoint_folder=${folder}/checkpoints`,
      "checkpoint.type=all_ranks",
      "checkpoint.num_checkpoints_write=1",
      "checkpoint.num_checkpoints_read=1",
      `model.model_size_bytes=${RANK_BYTES}`,
    ]);
    const paths = Array.from(
      { length: RANKS },
      (_, rank) => `${folder}/plain_${rank}`,
    );
    const options = { threads: RANKS, bufferBytes: BUFFER_BYTES };
    const written = { ...options, writeBytes: RANK_BYTES };
    const seconds: number[] = [];
    const limits: number[] = [];
    for (let round = 0; round <= ROUND_COUNT; round++) {
      // Each checkpoint of a run has a folder of its own: files are new, and
      // ext4 does not flush them as it does where one replaces another.
      await removeFiles(folder);
      const phases = await runEngine(workload, RANKS);
      const writeLimit = await plainLoop(paths, written);
      const limit = kind === "save_checkpoint"
        ? writeLimit
        : await plainLoop(paths, options);
      // The first round warms up.
      if (round === 0) continue;
      seconds.push(doneSeconds(phases.find((phase) => phase.kind === kind)));
      limits.push(limit);
    }
    const gigabytes = RANKS * RANK_BYTES / 1e9;
    return {
      unit: "GB/s",
      value: gigabytes / median(seconds),
      limit: gigabytes / median(limits),
    };
  });
}

async function removeFiles(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.remove(`${folder}/${name}`, { recursive: true });
  }
}
