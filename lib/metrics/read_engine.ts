/**
 * How a run's readers read local files, over all phases and processes.
 */
import type { PhaseRecord, ReadEngine } from "./run_record.ts";

/** As one process says it; "mixed": they did not all read in one way. */
export interface TotalReadEngine extends Omit<ReadEngine, "engine"> {
  readonly engine: ReadEngine["engine"] | "mixed";
}

/**
 * How files were read.
 *
 * @returns Of several depths the least; null if no dataset was read from
 *   files, or nobody wrote down how.
 */
export function totalReadEngine(
  phases: readonly Pick<PhaseRecord, "hosts">[],
): TotalReadEngine | null {
  const engines = phases.flatMap(({ hosts }) =>
    hosts.flatMap(({ readEngine }) => readEngine ?? [])
  );
  const [first] = engines;
  if (first === undefined) return null;
  const registered = engines.flatMap(({ registeredBuffers }) =>
    registeredBuffers ?? []
  );
  return {
    engine: engines.every(({ engine }) => engine === first.engine)
      ? first.engine
      : "mixed",
    depth: Math.min(...engines.map(({ depth }) => depth)),
    ...(registered.length === 0
      ? {}
      : { registeredBuffers: registered.every(Boolean) }),
  };
}

/** What the reader of the results should know of it. */
export function readEngineWarnings(total: TotalReadEngine | null): string[] {
  if (total === null) return [];
  const { engine, registeredBuffers } = total;
  return [
    ...(engine === "mixed"
      ? [
        "Processes of this run read files in different ways (io_uring and " +
        "sync): their figures do not compare",
      ]
      : []),
    ...(registeredBuffers === false
      ? [
        "Buffers were not registered with io_uring, as RLIMIT_MEMLOCK is too " +
        "small (ulimit -l): each request cost some more CPU",
      ]
      : []),
  ];
}
