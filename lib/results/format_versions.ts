/**
 * Versions of `stoker.json` and of the journal, and what older ones lacked.
 *
 *    1   a phase had one `device` and one `cache_drop`; workers had no `host`;
 *        a rank had the sum of the compute times that its steps asked for
 *    2   `hosts` of a phase: device bytes, cache drop and CPU of each process;
 *        a rank has the compute time that each step asked for
 *    3   an entry of step times may hold several steps (`step_entries`)
 *
 * A run in which none does is saved as version 2, which older readers know.
 * An older file is turned into the newest form and then read like one. Runs
 * of version 1 had one process on one host.
 */
import { FormatError } from "../errors.ts";
import type { PhaseRecord } from "../metrics/run_record.ts";
import type { PlainRecord } from "./key_case.ts";
import type { PlainHost, PlainPhase, PlainRank } from "./phase_json.ts";

/** Raised when an older reader would misread a newer file. */
export const STOKER_FORMAT_VERSION = 3;

/** What is enough for a run in which each step has an entry. */
const SINGLE_STEPS_VERSION = 2;

/** The oldest version that says what was recorded. */
export function formatVersionOf(
  phases: readonly Pick<PhaseRecord, "stepEntries">[],
): number {
  return phases.some(({ stepEntries }) => stepEntries !== undefined)
    ? STOKER_FORMAT_VERSION
    : SINGLE_STEPS_VERSION;
}

/** Oldest version that can be read. */
const OLDEST_FORMAT_VERSION = 1;

/** A rank as version 1 has it. */
type PlainRank1 = Omit<PlainRank, "compute_requested_seconds"> & {
  /** Sum over its steps. */
  readonly compute_requested_seconds: number;
};

/** A phase as version 1 has it. */
type PlainPhase1 = Omit<PlainPhase, "hosts" | "workers" | "ranks"> & {
  readonly ranks: Iterable<PlainRank1>;
  readonly device: PlainHost["device"];
  readonly cache_drop?: PlainRecord;
  readonly workers: Iterable<PlainRecord>;
};

/**
 * Checks that a file's version can be read.
 *
 * @param path The file, for the message.
 * @param version Its `format_version`.
 * @throws {FormatError} If it is newer, older, or none.
 */
export function checkFormatVersion(path: string, version: unknown): void {
  if (
    Number.isInteger(version) &&
    Number(version) >= OLDEST_FORMAT_VERSION &&
    Number(version) <= STOKER_FORMAT_VERSION
  ) return;
  throw new FormatError(
    path,
    0,
    `format_version must be ${OLDEST_FORMAT_VERSION} to ` +
      `${STOKER_FORMAT_VERSION}: current value is ${String(version)}`,
  );
}

/**
 * A phase in the newest form.
 *
 * @param phase As its file has it.
 * @param file The file's version, and the host that it is of.
 */
export function upgradedPhase(
  phase: PlainPhase,
  file: { readonly version: number; readonly hostname: string },
): PlainPhase {
  if (file.version >= 2) return phase;
  const { device, cache_drop, ...rest } = phase as unknown as PlainPhase1;
  const host: PlainHost = {
    host: file.hostname,
    process: 0,
    device,
    cpu: {
      user_seconds: null,
      system_seconds: null,
      source: "format_version 1 does not tell",
    },
    host_cpu: { busy_fraction: null, pressure_fraction: null },
    ...(cache_drop === undefined ? {} : { cache_drop }),
  };
  return {
    ...rest,
    hosts: [host],
    ranks: Array.from(rest.ranks, upgradedRank),
    workers: Array.from(phase.workers, (worker) => ({
      host: file.hostname,
      ...worker,
    })),
  };
}

/**
 * Version 1 tells what all steps together asked for. Each step gets its part
 * by the time that it spent.
 */
function upgradedRank(rank: PlainRank1): PlainRank {
  const spent = Float64Array.from(rank.compute_seconds);
  const spentSeconds = spent.reduce((sum, seconds) => sum + seconds, 0);
  const share = spentSeconds > 0
    ? rank.compute_requested_seconds / spentSeconds
    : 0;
  return {
    ...rank,
    compute_requested_seconds: spent.map((seconds) => seconds * share),
  };
}
