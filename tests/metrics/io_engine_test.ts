/** Tests of lib/metrics/io_engine.ts and of where it is shown. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  ioEngineWarnings,
  totalIoEngines,
} from "../../lib/metrics/io_engine.ts";
import type { IoEngine } from "../../lib/metrics/run_record.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { reportText } from "../../lib/report/text/report_text.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import { CONTEXT, hostsOf, runOf, trainPhase } from "./sample_run.ts";

const SYNC: IoEngine = { engine: "sync", depth: 1 };
const URING: IoEngine = {
  engine: "uring",
  depth: 64,
  registeredBuffers: true,
};
const PLAIN: IoEngine = {
  ...URING,
  depth: 32,
  depthReason: "auto: sda takes 32 requests",
  registeredBuffers: false,
};

const DIRECTIONS = [
  { key: "readEngine", plainKey: "read_engine", row: "Reads", verb: "read" },
  {
    key: "writeEngine",
    plainKey: "write_engine",
    row: "Writes",
    verb: "wrote",
  },
] as const;

function phaseOf(
  key: "readEngine" | "writeEngine",
  engines: readonly IoEngine[],
) {
  const [host] = hostsOf({ bytes: 1, source: "counters" });
  if (host === undefined) throw new Error("a sample has a host");
  return {
    ...trainPhase(1),
    hosts: engines.map((engine, process) => ({
      ...host,
      process,
      [key]: engine,
    })),
  };
}

/** How processes did it, the total, words of warnings, the report's line. */
const TOTALS = [
  [[SYNC], SYNC, [], "one call after another in each thread (sync)"],
  [[URING, URING], URING, [], "up to 64 in flight"],
  [[PLAIN], PLAIN, ["RLIMIT_MEMLOCK"], "(io_uring; auto: sda takes 32 "],
  [
    [URING, PLAIN],
    { ...PLAIN, greatestDepth: 64 },
    ["RLIMIT_MEMLOCK"],
    "up to 32 (elsewhere 64) in flight",
  ],
  [
    [URING, SYNC],
    { engine: "mixed", depth: 1, greatestDepth: 64, registeredBuffers: true },
    ["in different ways"],
    "some processes through io_uring",
  ],
] as const;

for (const { key, plainKey, row, verb } of DIRECTIONS) {
  for (const [engines, total, warnings, line] of TOTALS) {
    const names = engines.map(({ engine }) => engine).join(" and ");
    Deno.test(`processes that ${verb} with ${names} are told in summary, report and warnings: ${line}`, () => {
      const phase = phaseOf(key, engines);
      const totals = totalIoEngines([phase]);
      assertEquals(totals, {
        readEngine: null,
        writeEngine: null,
        [key]: total,
      });
      const record = runOf([phase]);
      const summary = summarize(record, CONTEXT);
      assertEquals(summary[key], total);
      assertEquals(
        summaryJson(summary, CONTEXT)[plainKey]?.depth,
        total.depth,
      );
      const lines = reportText(summary, CONTEXT).split("\n");
      const shown = lines.find((text) => text.startsWith(row)) ?? "";
      assertStringIncludes(shown, line);
      const said = ioEngineWarnings(totals);
      assertEquals(said.length, warnings.length);
      for (const [i, words] of warnings.entries()) {
        assertStringIncludes(said[i] ?? "", words);
        assertEquals(summary.warnings.includes(said[i] ?? ""), true);
      }
      // As a results folder keeps it.
      const kept = JSON.parse(JSON.stringify(phaseToPlain(phase).hosts));
      const again = phaseFromPlain({ ...phaseToPlain(phase), hosts: kept });
      assertEquals(again.hosts.map((host) => host[key]), [...engines]);
    });
  }
}

Deno.test("a run without files has no engine, no warning and no line", () => {
  const none = { readEngine: null, writeEngine: null };
  assertEquals(totalIoEngines([trainPhase(1)]), none);
  assertEquals(ioEngineWarnings(none), []);
});
