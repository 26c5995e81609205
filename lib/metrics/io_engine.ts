/**
 * How a run read and wrote local files, over all phases and processes.
 */
import type { IoEngine, PhaseRecord } from "./run_record.ts";

/** As one process says it; "mixed": not all did it in one way. */
export interface TotalIoEngine extends Omit<IoEngine, "engine"> {
  readonly engine: IoEngine["engine"] | "mixed";
  /** The greatest depth, where not all had the same. */
  readonly greatestDepth?: number;
}

/** Both directions; null if there were none, or nobody wrote down how. */
export interface IoEngines {
  /** Of files of the dataset, and of loaded checkpoints. */
  readonly readEngine: TotalIoEngine | null;
  /** Of generated files, and of saved checkpoints. */
  readonly writeEngine: TotalIoEngine | null;
}

/** How files were read and written; of several depths the least, and why. */
export function totalIoEngines(
  phases: readonly Pick<PhaseRecord, "hosts">[],
): IoEngines {
  const hosts = phases.flatMap((phase) => phase.hosts);
  return {
    readEngine: totalOf(hosts.flatMap(({ readEngine }) => readEngine ?? [])),
    writeEngine: totalOf(hosts.flatMap(({ writeEngine }) => writeEngine ?? [])),
  };
}

function totalOf(engines: readonly IoEngine[]): TotalIoEngine | null {
  const [first] = engines;
  if (first === undefined) return null;
  const least = engines.reduce((a, b) => b.depth < a.depth ? b : a);
  const greatestDepth = Math.max(...engines.map(({ depth }) => depth));
  const registered = engines.flatMap(({ registeredBuffers }) =>
    registeredBuffers ?? []
  );
  return {
    engine: engines.every(({ engine }) => engine === first.engine)
      ? first.engine
      : "mixed",
    depth: least.depth,
    ...(least.depthReason === undefined
      ? {}
      : { depthReason: least.depthReason }),
    ...(greatestDepth === least.depth ? {} : { greatestDepth }),
    ...(registered.length === 0
      ? {}
      : { registeredBuffers: registered.every(Boolean) }),
  };
}

/** What the reader of the results should know of it. */
export function ioEngineWarnings(
  { readEngine, writeEngine }: IoEngines,
): string[] {
  const isUnregistered = [readEngine, writeEngine]
    .some((total) => total?.registeredBuffers === false);
  return [
    ...(readEngine?.engine === "mixed" ? [mixedText("read")] : []),
    ...(writeEngine?.engine === "mixed" ? [mixedText("wrote")] : []),
    ...(isUnregistered
      ? [
        "Buffers were not registered with io_uring, as RLIMIT_MEMLOCK is too " +
        "small (ulimit -l): each request cost some more CPU",
      ]
      : []),
  ];
}

function mixedText(verb: string): string {
  return `Processes of this run ${verb} files in different ways (io_uring ` +
    "and sync): their figures do not compare";
}
