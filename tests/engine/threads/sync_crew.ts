/**
 * Crews of `sync_worker.ts`, and runs with them.
 */
import {
  type OrderedRun,
  runOrders,
} from "../../../lib/engine/run/run_orders.ts";
import type { RunHooks } from "../../../lib/engine/run/run_hooks.ts";
import type { Member } from "../../../lib/engine/threads/crew.ts";
import { PHASE_TRAIN, Region } from "../../../lib/engine/threads/region.ts";
import { QUIET_PROBE, quietHooks } from "../engine_fixture.ts";
import type { SyncStart } from "./sync_worker.ts";

/** How many threads, and how they behave. */
export interface SyncCrew {
  readonly accelerators: number;
  readonly readers: number;
  readonly aheadBatches?: number;
  readonly isAsync?: boolean;
  /** Rank whose threads are slow. */
  readonly slowRank?: number;
  /** Round in which rank 0 throws. */
  readonly failsAt?: number;
}

/** What is run with a crew, one phase of so many steps after another. */
export interface SyncRun {
  readonly run: OrderedRun;
  /** The round that each accelerator is in, over all phases. */
  readonly rounds: Int32Array;
}

/** Makes a run whose phases have so many steps. */
export function syncRun(
  crew: SyncCrew,
  stepCounts: readonly number[],
): SyncRun {
  const { accelerators, readers } = crew;
  const region = new Region({
    accelerators,
    readersPerAccelerator: readers,
    generators: 0,
    maxSteps: Math.max(0, ...stepCounts),
  });
  const rounds = sharedWords(accelerators);
  const takes = sharedWords(accelerators);
  const members: Member[] = [];
  const rows: OrderedRun["rows"][number][] = [];
  for (let rank = 0; rank < accelerators; rank++) {
    for (const reader of [null, ...Array(readers).keys()]) {
      const title = reader === null
        ? `accelerator of rank ${rank}`
        : `reader ${reader} of rank ${rank}`;
      const start: SyncStart = {
        shape: region.shape,
        buffer: region.buffer,
        rank,
        reader,
        isAsync: crew.isAsync === true,
        aheadBatches: crew.aheadBatches ?? 2,
        rounds,
        takes,
        slowEvery: crew.slowRank === rank ? 50 : 0,
        failsAt: rank === 0 && reader === null ? crew.failsAt ?? -1 : -1,
      };
      members.push({ title, start, spawn });
      const role = reader === null ? "accelerator" : "reader";
      rows.push({ role, rank, localRank: rank, thread: reader ?? 0, title });
    }
  }
  return {
    rounds,
    run: {
      region,
      members,
      rows,
      probeOf: () => QUIET_PROBE,
      deviceIo: (_order, { bytesRequested: bytes }) => ({
        bytes,
        source: "every byte",
      }),
      pathOf: (fileIndex) => `file ${fileIndex}`,
      orders: stepCounts.map((stepCount, index) => ({
        kind: "train",
        phase: PHASE_TRAIN,
        epoch: index + 1,
        stepCount,
        batchSize: 1,
        total: stepCount * accelerators,
      })),
    },
  };
}

/** Runs it. @param hooks Those that matter. */
export function runSync(
  { run }: SyncRun,
  hooks: Partial<RunHooks> = {},
): ReturnType<typeof runOrders> {
  return runOrders(run, quietHooks(hooks));
}

function sharedWords(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}

function spawn(): Worker {
  return new Worker(new URL("./sync_worker.ts", import.meta.url), {
    type: "module",
  });
}
