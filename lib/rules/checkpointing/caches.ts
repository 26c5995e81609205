/**
 * 4.3.1: what is read back does not come from the hosts' memory.
 */
import type { RunFacts } from "../facts/run_facts.ts";
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule, unchecked } from "../rule.ts";
import { count } from "../values.ts";
import { pairOf } from "./invocation.ts";

/** More than this part from memory says that caches were not dropped. */
const MAX_HIT_FRACTION = 0.05;

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "4.3.1",
  title: "checkpoints are read from the storage, not from memory",
  severity: "warning",
  reads: "stoker.json: bytes that the kernel counts of each device; " +
    "checkpoint_size_GB, host_memory_GB, num_hosts",
  isKnownBefore: false,
  why:
    "A host that still has in memory what it wrote reads it back from there.",
  mend: "Drop the caches between writing and reading (--drop-caches " +
    "before-phase), use --odirect, or read in an invocation of its own.",
  dispute: "The field's checker compares sizes alone and warns. Where the " +
    "kernel's count of device bytes is there, Stoker takes that: read from " +
    "memory is invalid, read from the device is enough.",
  *check({ runs }, { checkpointMemoryFactor: factor }) {
    const pair = pairOf(runs);
    const read = pair?.read ?? runs[0];
    if (read === undefined || runs.length > 2) return;
    const hits = read.loadCache?.hitFraction ?? null;
    if (hits !== null) {
      if (hits <= MAX_HIT_FRACTION) return;
      yield {
        severity: "invalid",
        where: read.where,
        have: `${(100 * hits).toFixed(1)} % of the bytes read from memory`,
        need: `at most ${100 * MAX_HIT_FRACTION} %`,
      };
      return;
    }
    const perHost = bytesPerHost(read);
    const memory = memoryPerHost(read);
    if (perHost === null || memory === null) {
      yield unchecked(
        "bytes of a checkpoint and memory of a host",
        "checkpoint_size_GB, host_memory_GB",
      );
      return;
    }
    if (perHost > factor * memory) return;
    yield {
      where: read.where,
      have: `${count(perHost / 2 ** 30)} GiB of a checkpoint per host with ` +
        `${count(memory / 2 ** 30)} GiB of memory`,
      need: `more than ${factor} times its memory, or dropped caches, of ` +
        "which no file of the result tells",
      deficit: `${count((factor * memory - perHost) / 2 ** 30)} GiB`,
    };
  },
};

function bytesPerHost(run: RunFacts): number | null {
  return run.checkpointBytes === null || !run.hostCount
    ? null
    : run.checkpointBytes / run.hostCount;
}

function memoryPerHost(run: RunFacts): number | null {
  return run.memoryBytes === null || !run.hostCount
    ? null
    : run.memoryBytes / run.hostCount;
}
