/** Tests of lib/metrics/cpu_truth.ts and of where it is told. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cpuTruth } from "../../lib/metrics/cpu_truth.ts";
import type { PhaseHostRecord } from "../../lib/metrics/run_record.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { cpuSection } from "../../lib/report/html/cpu_section.ts";
import { metricBlock } from "../../lib/report/text/metric_block.ts";
import { metricJson } from "../../lib/results/metric_json.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import { CONTEXT, hostsOf, phaseOf, runOf, workerOf } from "./sample_run.ts";

/** Three seconds of processor time in four of two processors. */
function host(facts: Partial<PhaseHostRecord> = {}): PhaseHostRecord {
  const [record] = hostsOf({ bytes: 0, source: "" }, {
    cpu: { userSeconds: 2, systemSeconds: 1, source: "/proc" },
    hostCpu: { busyFraction: 0.8, pressureFraction: 0.3 },
    ownCpus: { count: 2, source: "cpu.max", groupPressureFraction: 0.1 },
    roles: [
      {
        role: "accelerator",
        threadCount: 1,
        cpuSeconds: 0.5,
        systemSeconds: 0.1,
        cpuWaitSeconds: 0,
        ioSeconds: 0,
      },
      {
        role: "reader",
        threadCount: 2,
        cpuSeconds: 2,
        systemSeconds: 0.5,
        cpuWaitSeconds: 0.25,
        ioSeconds: 3,
      },
    ],
    ...facts,
  });
  return record!;
}

const PHASE = phaseOf({
  durationSeconds: 4,
  workers: [workerOf(0, { bytes: 3e9, samples: 10 })],
  hosts: [host()],
});

Deno.test("processor time is told per GB and sample, by role, and what no role took is other", () => {
  const truth = cpuTruth([PHASE, PHASE]);
  assertEquals(
    [truth.seconds, truth.userSeconds, truth.systemSeconds],
    [6, 4, 2],
  );
  assertAlmostEquals(truth.secondsPerGb ?? 0, 1);
  assertAlmostEquals(truth.secondsPerSample ?? 0, 0.3);
  assertEquals([truth.allowedCount, truth.allowedSource], [2, "cpu.max"]);
  assertAlmostEquals(truth.usedFraction ?? 0, 6 / 16);
  assertEquals(
    [truth.hostBusyFraction, truth.pressureFraction],
    [0.8, 0.3],
  );
  assertEquals(truth.groupPressureFraction, 0.1);
  assertEquals(
    truth.roles.map(({ role, threadCount, seconds, systemSeconds }) => [
      role,
      threadCount,
      seconds,
      systemSeconds,
    ]),
    [
      ["accelerator", 1, 1, 0.2],
      ["reader", 2, 4, 1],
      ["other", 0, 1, 0.8],
    ],
  );
  // The costs of roles add up to that of all.
  assertAlmostEquals(
    truth.roles.reduce((sum, role) => sum + (role.secondsPerGb ?? NaN), 0),
    truth.secondsPerGb ?? 0,
  );
});

Deno.test("processes of one host share its processors, those of several hosts add up", () => {
  const two = (name: string, count: number) =>
    cpuTruth([{
      ...PHASE,
      hosts: [
        host(),
        host({
          host: name,
          process: 1,
          ownCpus: { count, source: "this host", groupPressureFraction: null },
        }),
      ],
    }]);
  assertEquals(two("node-1", 2).allowedCount, 2);
  assertEquals(two("node-2", 6).allowedCount, 8);
  assertAlmostEquals(two("node-2", 6).usedFraction ?? 0, 6 / 32);
  assertEquals(two("node-2", 6).allowedSource, "cpu.max; this host");
});

Deno.test("what nobody tells is null: older results, hosts without counters, phases without bytes", () => {
  const { ownCpus: _own, roles: _roles, ...older } = host();
  const old = cpuTruth([{ ...PHASE, hosts: [older] }]);
  assertEquals([old.usedFraction, old.allowedCount, old.roles], [
    null,
    null,
    [],
  ]);
  assertEquals(old.seconds, 3);
  const silent = cpuTruth([{
    ...PHASE,
    workers: [],
    hosts: [
      host({ cpu: { userSeconds: null, systemSeconds: null, source: "none" } }),
    ],
  }]);
  assertEquals([silent.seconds, silent.secondsPerGb], [null, null]);
  assertEquals(silent.roles.length, 2);
  const nothing = cpuTruth([{ ...PHASE, workers: [] }]);
  assertEquals([nothing.secondsPerGb, nothing.secondsPerSample], [null, null]);
});

Deno.test("CPU truth is in the results, on the terminal and on the page, and comes back from a folder", () => {
  const record = runOf([PHASE]);
  const summary = summarize(record, CONTEXT);
  const cpu = metricJson(summary).train_cpu as Record<string, unknown>;
  assertEquals([cpu.seconds, cpu.allowed_source], [3, "cpu.max"]);
  assertEquals(
    (cpu.roles as Record<string, unknown>[]).map((role) => [
      role.role,
      role.thread_count,
    ]),
    [["accelerator", 1], ["reader", 2], ["other", 0]],
  );
  const lines = metricBlock(summary).split("\n")
    .filter((line) => line.includes("processor time"));
  assertEquals(lines, [
    "[STOKER] Training processor time: 3.00 s (kernel 1.00 s), 1.000 s/GB, " +
    "300.000 ms/sample, 37.5 % of 2 processors (cpu.max), threads waited " +
    "for one 10.0 % of the time",
    "[STOKER] Training processor time by role: accelerator 0.50 s (kernel " +
    "0.10 s), reader 2.00 s (kernel 0.50 s), other 0.50 s (kernel 0.40 s)",
  ]);
  const html = cpuSection({ record, context: CONTEXT, summary }).toString();
  assertEquals(html.includes("37.5 % of 2 processors (cpu.max)"), true);
  const back = phaseFromPlain(
    JSON.parse(JSON.stringify(phaseToPlain({ ...PHASE, ranks: [] }))),
  );
  assertEquals(back.hosts[0]?.ownCpus, PHASE.hosts[0]?.ownCpus);
  assertEquals(back.hosts[0]?.roles, PHASE.hosts[0]?.roles);
});
