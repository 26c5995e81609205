/** Tests of lib/cli/session/cache_limit.ts. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkCacheHits,
  parseMaxCacheHit,
} from "../../../lib/cli/session/cache_limit.ts";
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

const METRIC = {
  train_bytes_requested: 100,
  train_cache_hit_fraction: 0.04,
  eval_bytes_requested: 100,
  eval_cache_hit_fraction: 0.5,
};

Deno.test("checkCacheHits() names each kind of phase above the limit", () => {
  checkCacheHits(METRIC, null);
  checkCacheHits(METRIC, 0.5);
  const error = assertThrows(() => checkCacheHits(METRIC, 0.05), StokerError);
  assertEquals(error.exitCode, EXIT_FAILED);
  assertStringIncludes(error.message, "Evaluation: 50.0 % came from memory");
  assertEquals(error.message.includes("Training"), false);
  assertStringIncludes(
    assertThrows(() => checkCacheHits(METRIC, 0.01), StokerError).message,
    "Training: 4.0 % came from memory",
  );
});

Deno.test("checkCacheHits() does not accept what nobody can tell", () => {
  const unknown = {
    load_checkpoint_bytes_requested: 100,
    load_checkpoint_cache_hit_fraction: null,
    load_checkpoint_bytes_from_device_source: "FFI is not permitted",
  };
  const error = assertThrows(() => checkCacheHits(unknown, 1), StokerError);
  assertStringIncludes(error.message, "FFI is not permitted");
});

Deno.test("checkCacheHits() accepts a run that read nothing", () => {
  checkCacheHits({
    train_bytes_requested: 0,
    train_cache_hit_fraction: null,
  }, 0);
});
