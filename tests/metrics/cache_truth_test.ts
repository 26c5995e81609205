import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cacheTruth, cacheWarning } from "../../lib/metrics/cache_truth.ts";
import { hostsOf, phaseOf } from "./sample_run.ts";

function ioPhase(bytesRequested: number, bytes: number | null, source = "x") {
  return phaseOf({ bytesRequested, hosts: hostsOf({ bytes, source }) });
}

Deno.test("cacheTruth() takes the fraction of the sums", () => {
  const truth = cacheTruth([ioPhase(100, 100), ioPhase(300, 100)]);
  assertEquals(truth.bytesRequested, 400);
  assertEquals(truth.bytesFromDevice, 200);
  assertEquals(truth.hitFraction, 0.5);
});

Deno.test("cacheTruth() is never below 0 when the device reads ahead", () => {
  assertEquals(cacheTruth([ioPhase(100, 130)]).hitFraction, 0);
});

Deno.test("cacheTruth() is unknown when one phase is, and says why", () => {
  const truth = cacheTruth([
    ioPhase(100, 100, "/proc/self/io"),
    ioPhase(100, null, "no permission for FFI"),
    ioPhase(100, 100, "/proc/self/io"),
  ]);
  assertEquals(truth.bytesRequested, 300);
  assertEquals(truth.bytesFromDevice, null);
  assertEquals(truth.hitFraction, null);
  assertEquals(truth.source, "no permission for FFI");
});

Deno.test("cacheTruth() is null when nothing was requested", () => {
  assertEquals(cacheTruth([ioPhase(0, 0)]).hitFraction, null);
});

Deno.test("cacheWarning() warns above 5 % only", () => {
  assertEquals(cacheWarning("train", cacheTruth([ioPhase(100, 95)])), null);
  assertEquals(cacheWarning("train", cacheTruth([ioPhase(100, null)])), null);
  const warning = cacheWarning("train", cacheTruth([ioPhase(1000, 125)]));
  assert(warning !== null);
  assertStringIncludes(warning, "87.5 %");
  assert(!warning.endsWith("."));
});

Deno.test("cacheWarning() says what was read and what helps", () => {
  const truth = cacheTruth([ioPhase(100, 10)]);
  const evaluation = cacheWarning("eval", truth) ?? "";
  assertStringIncludes(evaluation, "Evaluation took 90.0 %");
  assertStringIncludes(evaluation, "its AU and throughput are higher");
  const loading = cacheWarning("load_checkpoint", truth) ?? "";
  assertStringIncludes(loading, "Loading checkpoints took 90.0 %");
  assertStringIncludes(loading, "its throughput is higher");
  assertStringIncludes(loading, "storage.drop_caches=before-phase");
});
