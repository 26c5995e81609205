/**
 * What the kernel counts for this process, at both ends of a phase.
 */
import { readHostCpu } from "../../host/host_cpu.ts";
import { type OwnCpus, readOwnCpus } from "../../host/own_cpus.ts";
import { readProcessCpu } from "../../host/process_cpu.ts";
import { readProcessIo } from "../../host/process_io.ts";
import type { PhaseKindTraits } from "../../metrics/phase_kinds.ts";
import type { DeviceIo } from "../../metrics/run_record.ts";

/** The process's counters at one end of a phase. */
export interface ProcessReadings {
  readonly io: ReturnType<typeof readProcessIo>;
  readonly cpu: ReturnType<typeof readProcessCpu>;
  readonly hostCpu: ReturnType<typeof readHostCpu>;
  readonly ownCpus: OwnCpus;
}

/** Reads them now. */
export function readProcess(): ProcessReadings {
  return {
    io: readProcessIo(),
    cpu: readProcessCpu(),
    hostCpu: readHostCpu(),
    ownCpus: readOwnCpus(),
  };
}

/** What the kernel counted between two looks, or why it did not. */
export function countedIo(
  direction: PhaseKindTraits["direction"],
  seen: {
    before: Pick<ProcessReadings, "io">;
    after: Pick<ProcessReadings, "io">;
  },
): DeviceIo {
  const before = seen.before.io;
  const after = seen.after.io;
  if (before.value === null) return { bytes: null, source: before.reason };
  if (after.value === null) return { bytes: null, source: after.reason };
  return direction === "write"
    ? {
      bytes: after.value.deviceWriteBytes - before.value.deviceWriteBytes,
      source: "/proc/self/io write_bytes",
    }
    : {
      bytes: after.value.deviceReadBytes - before.value.deviceReadBytes,
      source: "/proc/self/io read_bytes",
    };
}
