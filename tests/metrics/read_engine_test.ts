/** Tests of lib/metrics/read_engine.ts and of where it is shown. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  readEngineWarnings,
  totalReadEngine,
} from "../../lib/metrics/read_engine.ts";
import type { ReadEngine } from "../../lib/metrics/run_record.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { reportText } from "../../lib/report/text/report_text.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";
import { CONTEXT, hostsOf, runOf, trainPhase } from "./sample_run.ts";

const SYNC: ReadEngine = { engine: "sync", depth: 1 };
const URING: ReadEngine = {
  engine: "uring",
  depth: 64,
  registeredBuffers: true,
};
const PLAIN: ReadEngine = { ...URING, depth: 32, registeredBuffers: false };

function phaseRead(...engines: readonly ReadEngine[]) {
  const [host] = hostsOf({ bytes: 1, source: "counters" });
  if (host === undefined) throw new Error("a sample has a host");
  return {
    ...trainPhase(1),
    hosts: engines.map((readEngine, process) => ({
      ...host,
      process,
      readEngine,
    })),
  };
}

/** How processes read, the total, words of warnings, the report's line. */
const TOTALS = [
  [[SYNC], SYNC, [], "one call after another in each thread (sync)"],
  [[URING, URING], URING, [], "up to 64 in flight for each reader (io_uring)"],
  [[URING, PLAIN], PLAIN, ["RLIMIT_MEMLOCK"], "up to 32 in flight"],
  [
    [URING, SYNC],
    { engine: "mixed", depth: 1, registeredBuffers: true },
    ["in different ways"],
    "some processes through io_uring",
  ],
] as const;

for (const [engines, total, warnings, line] of TOTALS) {
  const names = engines.map(({ engine }) => engine).join(" and ");
  Deno.test(`processes that read with ${names} are told in summary, report and warnings: ${line}`, () => {
    const phase = phaseRead(...engines);
    assertEquals(totalReadEngine([phase]), total);
    const record = runOf([phase]);
    const summary = summarize(record, CONTEXT);
    assertEquals(summary.readEngine, total);
    assertEquals(summaryJson(summary, CONTEXT).read_engine?.depth, total.depth);
    assertStringIncludes(reportText(summary, CONTEXT), line);
    const said = readEngineWarnings(total);
    assertEquals(said.length, warnings.length);
    for (const [i, words] of warnings.entries()) {
      assertStringIncludes(said[i] ?? "", words);
      assertEquals(summary.warnings.includes(said[i] ?? ""), true);
    }
    // As a results folder keeps it.
    const kept = JSON.parse(JSON.stringify(phaseToPlain(phase).hosts));
    const again = phaseFromPlain({ ...phaseToPlain(phase), hosts: kept });
    assertEquals(
      again.hosts.map(({ readEngine }) => readEngine),
      [...engines],
    );
  });
}

Deno.test("a run that read no files has no engine, no warning and no line", () => {
  assertEquals(totalReadEngine([trainPhase(1)]), null);
  assertEquals(readEngineWarnings(null), []);
});
