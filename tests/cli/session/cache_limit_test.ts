/** Tests of lib/cli/session/cache_limit.ts. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkCacheHits,
  parseMaxCacheHit,
} from "../../../lib/cli/session/cache_limit.ts";
import {
  PHASE_KIND_NAMES,
  type PhaseKind,
} from "../../../lib/metrics/phase_kinds.ts";
import { type RunSummary, summarize } from "../../../lib/metrics/summary.ts";
import { CONTEXT, hostsOf, phaseOf, runOf } from "../../metrics/sample_run.ts";
import { EXIT_FAILED, StokerError, UsageError } from "../../../lib/errors.ts";

Deno.test("parseMaxCacheHit() takes percentages and nothing else", () => {
  assertEquals(parseMaxCacheHit(null), null);
  assertEquals(parseMaxCacheHit("5%"), 0.05);
  assertEquals(parseMaxCacheHit("0%"), 0);
  assertEquals(parseMaxCacheHit("12.5%"), 0.125);
  for (const text of ["5", "0.05", "-1%", "101%", "%", "5 %", "five%"]) {
    const error = assertThrows(() => parseMaxCacheHit(text), UsageError);
    assertStringIncludes(error.message, `--max-cache-hit ${text}`);
  }
});

/** A summary of phases that read so much, of which the device so much. */
function summaryOf(
  read: Partial<
    Record<PhaseKind, readonly [requested: number, device: number | null]>
  >,
): RunSummary {
  const phases = Object.entries(read).map(([kind, [bytesRequested, bytes]]) =>
    phaseOf({
      kind: kind as PhaseKind,
      bytesRequested,
      hosts: hostsOf({
        bytes,
        source: bytes === null ? "FFI is not permitted" : "x",
      }),
    })
  );
  return summarize(runOf(phases), CONTEXT);
}

Deno.test("checkCacheHits() names each kind of phase above the limit", () => {
  const summary = summaryOf({ train: [100, 96], eval: [100, 50] });
  checkCacheHits(summary, null);
  checkCacheHits(summary, 0.5);
  const error = assertThrows(() => checkCacheHits(summary, 0.05), StokerError);
  assertEquals(error.exitCode, EXIT_FAILED);
  assertStringIncludes(error.message, "Evaluation: 50.0 % came from memory");
  assertEquals(error.message.includes("Training"), false);
  assertStringIncludes(
    assertThrows(() => checkCacheHits(summary, 0.01), StokerError).message,
    "Training: 4.0 % came from memory",
  );
});

Deno.test("checkCacheHits() asks every kind that reads to measure", () => {
  const all = PHASE_KIND_NAMES.map((kind) => [kind, [100, 0]] as const);
  const { message } = assertThrows(
    () => checkCacheHits(summaryOf(Object.fromEntries(all)), 0.5),
    StokerError,
  );
  assertEquals(
    [...message.matchAll(/^ {2}(.*): 100\.0 % came from memory$/gm)].map((
      [, name],
    ) => name),
    ["Training", "Evaluation", "Loading checkpoints"],
  );
});

Deno.test("checkCacheHits() does not accept what nobody can tell", () => {
  const unknown = summaryOf({ load_checkpoint: [100, null] });
  const error = assertThrows(() => checkCacheHits(unknown, 1), StokerError);
  assertStringIncludes(error.message, "FFI is not permitted");
});

Deno.test("checkCacheHits() accepts a run that read nothing", () => {
  checkCacheHits(summaryOf({ train: [0, null] }), 0);
});

Deno.test("checkCacheHits() fails O_DIRECT that brought holes, and says so", () => {
  const shortfall = {
    isDirect: true,
    fileSystemType: "xfs",
    isMemory: false,
    compression: null,
    cachesDirect: null,
    sampledFiles: 16,
    sampledBytes: 100,
    holeBytes: 99,
  };
  const phase = phaseOf({
    bytesRequested: 1000,
    hosts: hostsOf({ bytes: 2, source: "x", shortfall }),
  });
  const { message } = assertThrows(
    () => checkCacheHits(summarize(runOf([phase]), CONTEXT), 0.05),
    StokerError,
  );
  assertStringIncludes(
    message,
    "Training: 99.8 % did not come from the device: 99.0 % of 16 files",
  );
  assertStringIncludes(message, "cp --sparse=never");
  assertEquals(message.includes("larger than memory"), false);
});
