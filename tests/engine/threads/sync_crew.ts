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

/** How many there are, in how many threads, and how they behave. */
export interface SyncCrew {
  readonly accelerators: number;
  /** Of each accelerator. */
  readonly readers: number;
  /** @default {1} */
  readonly acceleratorsPerThread?: number;
  /** @default {1} */
  readonly readersPerThread?: number;
  readonly aheadBatches?: number;
  readonly isAsync?: boolean;
  /** Rank whose threads are slow. */
  readonly slowRank?: number;
  /** Round in which the thread of rank 0 throws. */
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
    acceleratorsPerThread: crew.acceleratorsPerThread ?? 1,
    readersPerThread: crew.readersPerThread ?? 1,
    generators: 0,
    maxSteps: Math.max(0, ...stepCounts),
  });
  const rounds = sharedWords(accelerators);
  const takes = sharedWords(accelerators);
  const common = {
    shape: region.shape,
    buffer: region.buffer,
    isAsync: crew.isAsync === true,
    aheadBatches: crew.aheadBatches ?? 2,
    rounds,
    takes,
    slowRank: crew.slowRank ?? -1,
  };
  const ranks = [...Array(accelerators).keys()];
  const pairs = ranks.flatMap((rank) =>
    Array.from({ length: readers }, (_, reader) => ({ rank, reader }))
  );
  const members = [
    ...parts(ranks, crew.acceleratorsPerThread ?? 1).map((served, thread) => {
      const failsAt = served.includes(0) ? crew.failsAt ?? -1 : -1;
      return memberOf(`accelerator of rank ${served}`, "accelerator", {
        ...common,
        thread,
        ranks: served,
        readers: [],
        failsAt,
      });
    }),
    ...parts(pairs, crew.readersPerThread ?? 1).map((served, thread) =>
      memberOf(`readers ${thread}`, "reader", {
        ...common,
        thread,
        ranks: [],
        readers: served,
        failsAt: -1,
      })
    ),
  ];
  const rowOf = (role: string, rank: number, thread: number) => ({
    role,
    rank,
    localRank: rank,
    thread,
    title: `${role} ${thread} of rank ${rank}`,
  });
  const rows = [
    ...ranks.map((rank) => rowOf("accelerator", rank, 0)),
    ...pairs.map(({ rank, reader }) => rowOf("reader", rank, reader)),
  ];
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

/** So many neighbors each. */
function parts<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from(
    { length: count },
    (_, index) => items.slice(index * size, (index + 1) * size),
  );
}

function memberOf(title: string, role: string, start: SyncStart): Member {
  return { title, role, start, spawn };
}

function sharedWords(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}

function spawn(): Worker {
  return new Worker(new URL("./sync_worker.ts", import.meta.url), {
    type: "module",
  });
}
