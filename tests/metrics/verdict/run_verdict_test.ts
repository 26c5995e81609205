/**
 * A table of staged bottlenecks and what the verdict says of each.
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
} from "@std/assert";
import type {
  LimitKind,
  Verdict,
} from "../../../lib/metrics/verdict/verdict.ts";
import { CONTEXT, hostsOf, phaseOf, runOf, savePhase } from "../sample_run.ts";
import { summarize } from "../../../lib/metrics/summary.ts";
import { type Stage, stagedPhase, stagedSummary } from "./staged_runs.ts";

function verdictOf(stage: Stage): Verdict {
  const { verdict } = stagedSummary([stagedPhase(stage)]);
  assert(verdict !== null);
  return verdict;
}

interface Row {
  readonly what: string;
  readonly stage: Stage;
  readonly answer: Verdict["answer"];
  readonly limit: LimitKind;
  readonly says: string;
  /** Confidence at least. @default {0.5} */
  readonly sure?: number;
}

const TABLE: readonly Row[] = [
  {
    what: "a storage that keeps up",
    stage: { load: [0.005, 0.005] },
    answer: "yes",
    limit: "none",
    says:
      "Yes. This storage kept 2 accelerators busy: sustained AU 95.2 %, goal 90 %.",
    sure: 1,
  },
  {
    what: "a device that is busy all the time",
    stage: { load: [0.1, 0.1], inCalls: 0.96, onCpu: 0.02, deviceBusy: 0.99 },
    answer: "no",
    limit: "storage",
    says:
      "No: sustained AU 50 %, goal 90 %. The storage was the limit: readers waited for it 94 % of their time, its device was busy 99 %.",
    sure: 0.95,
  },
  {
    what: "a device that answers late and is idle between",
    stage: { load: [0.1, 0.1], inCalls: 0.9, onCpu: 0.05, deviceBusy: 0.3 },
    answer: "no",
    limit: "storage",
    says: "its device was busy 30 % only.",
  },
  {
    what: "many requests of each reader in flight",
    stage: { load: [0.2, 0.2], inCalls: 12, onCpu: 0.1 },
    answer: "no",
    limit: "storage",
    says: "readers waited for it 90 % of their time.",
  },
  {
    what: "readers that parse all the time",
    stage: { load: [0.1, 0.1], inCalls: 0.1, onCpu: 0.95, hostBusy: 0.98 },
    answer: "no",
    limit: "client_cpu",
    says:
      "This client's CPU was the limit, not the storage: readers were on a processor, or waited for one, 95 % of their time, the host's processors were busy 98 %.",
  },
  {
    what: "calls that are slow since the processors have others",
    stage: {
      load: [0.1, 0.1],
      inCalls: 0.9,
      onCpu: 0.85,
      cpuWait: 0.7,
      hostBusy: 1,
    },
    answer: "no",
    limit: "client_cpu",
    says: "This client's CPU was the limit",
  },
  {
    what: "a busy host, where threads' own times are not known",
    stage: { load: [0.1, 0.1], inCalls: 0.9, onCpu: null, hostBusy: 0.97 },
    answer: "no",
    limit: "client_cpu",
    says: "the host's processors were busy 97 %.",
  },
  {
    what: "a host that computes too late",
    stage: { load: [0, 0], overrun: 0.05, hostBusy: 1 },
    answer: "no",
    limit: "client_cpu",
    says: "100 % of the lost time was late compute",
  },
  {
    what: "accelerators that wake up late at the barrier",
    stage: {
      load: [0, 0],
      barrier: 0.05,
      acceleratorCpuWait: 0.3,
      hostBusy: 1,
    },
    answer: "no",
    limit: "client_cpu",
    says: "This client's CPU was the limit",
  },
  {
    what: "a rank that waits longer for its batches than all others",
    stage: { load: [0.005, 0.005, 0.2, 0.005], inCalls: 0.5 },
    answer: "no",
    limit: "barrier",
    says:
      "Rank 2 was the limit, the others waited for it: its steps took 300 ms before the barrier, theirs 105 ms.",
  },
  {
    what: "a rank whose calls are slow while the others' readers are ahead",
    stage: { load: [0.005, 0.2], inCalls: 0.5, calls: [1, 4] },
    answer: "no",
    limit: "barrier",
    says: "Rank 1 was the limit",
  },
  {
    what: "a storage that serves one rank after the other",
    stage: { load: [0.1, 0.3], inCalls: 0.9, calls: [4, 4.1] },
    answer: "no",
    limit: "storage",
    says: "The storage was the limit",
  },
  {
    what: "one slow endpoint of several",
    stage: {
      load: [0.2, 0.01],
      // The other rank's readers wait for nothing, and the host is busy.
      inCalls: 0.5,
      onCpu: 0.4,
      endpointsMs: [50, 5, 5],
    },
    answer: "no",
    limit: "storage",
    says:
      "http://node0:9000 was slower than its other endpoints: 50 ms a request, they 5 ms.",
  },
  {
    what: "accelerators that wait for each other",
    stage: { load: [0.001, 0.001], barrier: 0.1 },
    answer: "no",
    limit: "barrier",
    says:
      "The barrier was the limit: accelerators waited for each other, without waiting for batches.",
  },
  {
    what: "one rank that has more to compute",
    stage: { load: [0, 0, 0, 0], askedMore: [0.1, 0, 0, 0] },
    answer: "no",
    limit: "barrier",
    says: "Rank 0 was the limit",
  },
  {
    what: "readers that wait for threads of the client itself",
    stage: { load: [0.1, 0.1], inCalls: 0.96, onCpu: 0.02, ownCpu: 0.97 },
    answer: "no",
    limit: "client_cpu",
    says: "Stoker used 97 % of the 2 that it may use (cpu.max)",
  },
  {
    what: "ports of the network that are full",
    stage: { load: [0.1, 0.1], inCalls: 3, networkUse: 0.95 },
    answer: "no",
    limit: "network",
    says: "The network was the limit",
  },
  {
    what: "a dataset in memory that meets the goal",
    stage: { load: [0.001, 0.001], hits: 0.98 },
    answer: "unknown",
    limit: "page_cache",
    says: "Cannot be said: 98 % of the bytes came from memory.",
    sure: 0.98,
  },
  {
    what: "a dataset in memory that misses the goal for want of processors",
    stage: { load: [0.1, 0.1], hits: 0.98, inCalls: 0.5, onCpu: 0.9 },
    answer: "unknown",
    limit: "client_cpu",
    says:
      "Even so sustained AU 50 %, goal 90 %. This client's CPU was the limit",
  },
  {
    what: "several limits at once",
    stage: {
      load: [0.05, 0.05],
      inCalls: 0.6,
      onCpu: 0.3,
      overrun: 0.02,
      barrier: 0.05,
    },
    answer: "no",
    limit: "unknown",
    says:
      "No single limit: of the lost time the storage 21 %, this client's CPU",
    sure: 0,
  },
  {
    what: "readers of which nothing is seen",
    stage: { load: [0.1, 0.1], inCalls: 0.001, onCpu: 0.001 },
    answer: "no",
    limit: "unknown",
    says: "What was the limit is not known.",
    sure: 0,
  },
  {
    what: "accelerators that read by themselves",
    stage: { load: [0.1, 0.1], inline: true, inCalls: 0.95 },
    answer: "no",
    limit: "storage",
    says: "accelerators waited for it 95 % of their time.",
  },
];

for (const { what, stage, answer, limit, says, sure = 0.5 } of TABLE) {
  Deno.test(`the verdict of ${what}: ${answer}, ${limit}`, () => {
    const verdict = verdictOf(stage);
    assertEquals([verdict.answer, verdict.limit, verdict.text.includes(says)], [
      answer,
      limit,
      true,
    ], verdict.text);
    assert(
      verdict.confidence >= sure && verdict.confidence <= 1,
      `${verdict.confidence}`,
    );
  });
}

Deno.test("a device that is busy all the time makes the storage surer", () => {
  const stage = { load: [0.1, 0.1], inCalls: 0.6, onCpu: 0.1 };
  const before = verdictOf(stage).confidence;
  assertAlmostEquals(
    verdictOf({ ...stage, deviceBusy: 0.95 }).confidence,
    (1 + before) / 2,
  );
});

Deno.test("evidence has the numbers of the text, and what each speaks for", () => {
  const { evidence } = verdictOf({
    load: [0.1, 0.1],
    inCalls: 0.96,
    onCpu: 0.02,
    deviceBusy: 0.99,
  });
  const row = (signal: string) => evidence.find((one) => one.signal === signal);
  assertEquals(row("readers waiting for storage")?.value, "94 % of their time");
  assertEquals(row("readers waiting for storage")?.saysFor, "storage");
  assertEquals(row("device busy")?.saysFor, "storage");
  assertEquals(row("processors of the host busy")?.saysFor, null);
});

Deno.test("trust: what speaks against figures is said, the worst first", () => {
  const doubtful = verdictOf({
    load: [0.005, 0.005],
    hits: 0.1,
    overrun: 0.005,
  });
  assertEquals(doubtful.trust, "doubtful");
  assertEquals(doubtful.trustReasons, [
    "10 % of the bytes came from memory",
    "compute took 5.0 % longer than asked",
  ]);
  assertStringIncludes(
    doubtful.text,
    " Doubtful: 10 % of the bytes came from memory; ",
  );
  const unknown = verdictOf({ load: [0.005, 0.005], hits: null });
  assertEquals(unknown.trust, "doubtful");
  assertEquals(unknown.answer, "yes");
  const sound = verdictOf({ load: [0.005, 0.005] });
  assertEquals([sound.trust, sound.trustReasons], ["sound", []]);
});

Deno.test("trust: a run that ended early, failed operations and samples left out are doubts", () => {
  const phase = stagedPhase({ load: [0.005, 0.005] });
  const [worker] = phase.workers;
  const { verdict } = stagedSummary([{
    ...phase,
    plannedSteps: 10,
    workers: [{ ...worker!, errors: 3 }],
  }], { complete: false });
  assertEquals(verdict?.trustReasons, [
    "the run ended early",
    "an epoch left 50 % of the samples out",
    "3 operations failed for good",
  ]);
});

Deno.test("a run that only checkpoints says how fast, how much of it was fsync, and what was the limit", () => {
  const roles = [{
    role: "checkpointer",
    threadCount: 2,
    cpuSeconds: 0.1,
    cpuWaitSeconds: 0,
    ioSeconds: 1.9,
  }];
  const device = { bytes: 2 ** 30, source: "/proc/self/io" };
  const save = { ...savePhase(0), hosts: hostsOf(device, { roles }) };
  const load = {
    ...save,
    kind: "load_checkpoint" as const,
    hosts: hostsOf(device, { roles }),
  };
  const { verdict } = summarize(runOf([save, load]), CONTEXT);
  assertEquals(verdict?.answer, "unknown");
  assertEquals(verdict?.limit, "storage");
  assertEquals(
    verdict?.text,
    "Saving checkpoints: 1 GiB/s, 0 % in fsync. Loading checkpoints: 1 GiB/s. " +
      "The storage was the limit: checkpointers waited for it 90 % of their time.",
  );
});

Deno.test("checkpoints that had a part of their length are not to be believed", () => {
  const { verdict } = summarize(runOf([savePhase(0)]), {
    ...CONTEXT,
    checkpointScale: 0.1,
  });
  assertEquals(verdict?.trust, "void");
  assertStringIncludes(
    verdict?.text ?? "",
    "Not to be believed: checkpoints had 0.1 of their real length",
  );
});

Deno.test("a run that only generates has no verdict", () => {
  const { verdict } = summarize(
    runOf([phaseOf({ kind: "generate" })]),
    CONTEXT,
  );
  assertEquals(verdict, null);
});

Deno.test("a run of older results, without roles and series, still has an answer", () => {
  const phase = stagedPhase({ load: [0.1, 0.1] });
  const { series: _, hosts, ...rest } = phase;
  const [host] = hosts;
  const { roles: __, ...old } = host!;
  const { verdict } = stagedSummary([{ ...rest, hosts: [old] }]);
  assertEquals([verdict?.answer, verdict?.limit], ["no", "unknown"]);
});
