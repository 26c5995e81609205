/**
 * Runs the phases of a run, one after another, with one crew:
 *
 *    start all threads -> for each order: wait -> drop caches -> phase -> record
 *
 * Callers decide about threads, orders and files. How a phase begins, ends
 * early or fails is the same for all and is here.
 */
import type { CacheDrop, PhaseRecord } from "../../metrics/run_record.ts";
import { Crew, type Member } from "../threads/crew.ts";
import { asError } from "./abort_error.ts";
import { during, pauseFor } from "./during.ts";
import { gatherPhase } from "./gather_phase.ts";
import {
  CHECKPOINTER,
  type PhaseOrder,
  type PhaseParts,
  PhaseRunner,
} from "./phase_runner.ts";
import { PHASE_END } from "../threads/region.ts";
import { phaseBegin, type RunHooks, type RunOutcome } from "./run_hooks.ts";
import type { StoragePlace } from "./storage_place.ts";
import { openGateForEnd } from "../threads/thread_sync.ts";
import { inEveryProcess, meetOthers } from "./together.ts";
import type { Damage } from "../threads/worker_start.ts";
import { NONE } from "../trace/trace_ring.ts";
import type { UnnamedFile } from "../trace/trace_text.ts";

/** A thread that starts loads code, which takes long on a busy host. */
const MIN_START_TIMEOUT_MS = 120_000;

/** What a phase needs of a run, without what is made here or hooked in. */
type RunParts = Omit<PhaseParts, keyof RunHooks | "crew" | "threadRoles">;

/** A run: its threads and what they are to do. */
export interface OrderedRun extends RunParts {
  readonly members: readonly Member[];
  readonly orders: Iterable<PhaseOrder>;
  /** Where files are that `dropCaches` drops. @default {[]} */
  readonly places?: readonly StoragePlace[];
  /** Wait before each phase, outside of every measured time. */
  readonly pauseSeconds?: number;
  /**
   * Drops what a phase will read from the page cache; null: it did not.
   *
   * @param onMove To be called whenever storage has answered.
   */
  readonly dropCaches?: (
    order: PhaseOrder,
    onMove: () => void,
  ) => Promise<CacheDrop | null>;
}

/**
 * Starts the threads, runs every order, ends the threads.
 *
 * @returns The phases that were run, the last one perhaps in part, and what
 *   ended the run early. Never rejects for what happens in a worker.
 */
export async function runOrders(
  run: OrderedRun,
  hooks: RunHooks & { readonly onDamage?: (damage: Damage) => void },
): Promise<RunOutcome> {
  const { region, members } = run;
  const phases: PhaseRecord[] = [];
  const traced = hooks.trace?.addCrew(members, (file) => nameOf(run, file));
  const crew = new Crew(region, hooks.onDamage, traced?.starts);
  const threadRoles = members.map(({ role }) => role);
  const { onPhaseWithin, ...ofRunner } = hooks;
  const isAlone = hooks.link.cluster.size === 1;
  const runner = new PhaseRunner({
    ...run,
    ...ofRunner,
    crew,
    threadRoles,
    // Of several processes they are known when all have said theirs.
    ...(isAlone && onPhaseWithin !== undefined ? { onPhaseWithin } : {}),
  });
  try {
    await inEveryProcess(
      hooks,
      "their threads start",
      () => startCrew(crew, members, hooks),
    );
    await waitForStart(hooks);
    for (const order of run.orders) {
      await pauseFor(
        hooks,
        run.pauseSeconds ?? 0,
        `waiting ${run.pauseSeconds} s before the next checkpoint ` +
          "(checkpoint.time_between_checkpoints)",
      );
      const cacheDrop = await dropCaches(run, order, hooks);
      await meetOthers(hooks, "the phase begins");
      hooks.onPhaseBegin(phaseBegin(order, hooks.moment()));
      const { record, within, error } = await gatherPhase(
        hooks,
        await runner.run(order, cacheDrop),
      );
      phases.push(...within, record);
      if (!isAlone) { for (const inner of within) onPhaseWithin?.(inner); }
      await hooks.onPhaseEnd(record);
      if (error !== null) {
        // Threads wait at the gate if it is another process that has stopped.
        crew.stop();
        return { phases, error };
      }
    }
    openGateForEnd(region, PHASE_END);
    return { phases, error: null };
  } catch (error) {
    crew.stop();
    return { phases, error: asError(error) };
  } finally {
    await crew.end();
    traced?.end();
  }
}

/** Threads are ready by then; of later parts of a run the time has passed. */
async function waitForStart(hooks: RunHooks): Promise<void> {
  const { startAtMs, moment } = hooks;
  if (startAtMs === undefined) return;
  await pauseFor(
    hooks,
    (startAtMs - moment().wallMs) / 1000,
    `waiting until ${new Date(startAtMs).toISOString()} (--start-at)`,
  );
}

async function startCrew(
  crew: Crew,
  members: readonly Member[],
  hooks: RunHooks,
): Promise<void> {
  await during(
    // The crew itself looks whether its threads get ready.
    { ...hooks, stallTimeoutMs: Infinity },
    `starting ${members.length} threads`,
    (tick) =>
      crew.start(members, {
        timeoutMs: Math.max(MIN_START_TIMEOUT_MS, hooks.stallTimeoutMs),
        signal: hooks.signal,
        onReady: tick,
      }),
  );
}

/** The path of a file that a trace has events of. */
function nameOf(
  { rows, pathOf }: OrderedRun,
  { rank, file, isLoaded }: UnnamedFile,
): string {
  if (rank === NONE) return pathOf(file);
  const row = rows.find((row) =>
    row.role === CHECKPOINTER && row.rank === rank
  );
  const kind = isLoaded ? "load_checkpoint" : "save_checkpoint";
  return row?.pathOf?.(file, kind) ?? pathOf(file);
}

async function dropCaches(
  run: OrderedRun,
  order: PhaseOrder,
  hooks: RunHooks,
): Promise<CacheDrop | null> {
  const { dropCaches } = run;
  if (dropCaches === undefined) return null;
  const places = (run.places ?? []).map(({ storage, folder }) =>
    storage.hostPath?.(folder) ?? folder
  );
  return await during(
    hooks,
    `dropping the files of "${places.join('", "')}" from the page cache`,
    (tick) => dropCaches(order, tick),
  );
}
