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
   * @param crew All threads.
   * @param rows Those that take part; a thread may have several.
   * @param threadRoles Role of each thread.
   */
  constructor(
    { threadIds }: Pick<Crew, "threadIds">,
    rows: NumberedRows,
    threadRoles: readonly string[],
  ) {
    this.#rows = rows;
    const taking = new Set(rows.map(([, { role }]) => role));
    const threads = [...threadRoles.entries()].filter(([, role]) =>
      taking.has(role)
    );
    this.#roles = threads.map(([, role]) => role);
    this.#ids = threadIds.length === 0
      ? []
      : threads.map(([thread]) => threadIds[thread] ?? 0);
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
