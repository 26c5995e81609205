/**
 * What the threads of each role did with their time in a phase: on a
 * processor, waiting for one, in calls of input and output. The main thread
 * looks, before the phase begins and after it has ended.
 */
import { readThreadTimes, type ThreadTimes } from "../../host/thread_cpu.ts";
import type { RoleTimes } from "../../metrics/run_record.ts";
import { ioSeconds } from "./collect.ts";
import type { Crew } from "../threads/crew.ts";
import type { Region } from "../threads/region.ts";

/** Rows with their numbers. */
type NumberedRows = readonly (readonly [number, WatchedRow])[];

/** The part of a row that is asked for. */
interface WatchedRow {
  /** As in the phase's record. */
  readonly role: string;
}

/** See the file header. */
export class ThreadWatch {
  readonly #rows: NumberedRows;
  readonly #ids: readonly number[];
  readonly #roles: readonly string[];
  readonly #before: readonly (ThreadTimes | null)[];

  /**
   * Made before the phase begins.
   *
   * @param crew All threads: one for each row, and behind them those of
   *   `lastRole`, which may have several rows each.
   * @param rows Those that take part.
   * @param run `all`: rows of the run, in order.
   */
  constructor(
    { threadIds }: Pick<Crew, "threadIds">,
    rows: NumberedRows,
    { all, threadCount, lastRole }: {
      readonly all: readonly WatchedRow[];
      readonly threadCount: number;
      readonly lastRole: string;
    },
  ) {
    this.#rows = rows;
    const others = all.filter(({ role }) => role !== lastRole);
    const isLast = rows[0]?.[1].role === lastRole;
    this.#roles = isLast
      ? Array.from(
        { length: threadCount - others.length },
        () => lastRole,
      )
      : others.map(({ role }) => role);
    const from = isLast ? others.length : 0;
    this.#ids = threadIds.slice(from, from + this.#roles.length);
    this.#before = this.#ids.map(readThreadTimes);
  }

  /**
   * Adds up the threads of each role, after the phase.
   *
   * @param region Shared memory, with the phase's histograms.
   */
  roleTimes(region: Region): RoleTimes[] {
    const after = this.#ids.map(readThreadTimes);
    const total = (role: string, name: keyof ThreadTimes) => {
      if (this.#ids.length === 0) return null;
      let sum = 0;
      for (const [index, other] of this.#roles.entries()) {
        if (other !== role) continue;
        const from = this.#before[index]?.[name];
        const to = after[index]?.[name];
        if (from === undefined || to === undefined) return null;
        sum += to - from;
      }
      return Number.isNaN(sum) ? null : sum;
    };
    return [...new Set(this.#roles)].map((role) => ({
      role,
      threadCount: this.#roles.filter((other) => other === role).length,
      cpuSeconds: total(role, "cpuSeconds"),
      systemSeconds: total(role, "systemSeconds"),
      cpuWaitSeconds: total(role, "waitSeconds"),
      ioSeconds: this.#rows.filter(([, row]) => row.role === role)
        .reduce((sum, [index]) => sum + ioSeconds(region, index), 0),
    }));
  }
}
