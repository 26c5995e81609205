import { assertEquals } from "@std/assert";
import {
  planReduction,
  type Reduction,
  reductionProblems,
  UNIT_BYTES,
} from "../../lib/random/reduction.ts";

function repeats(payloadBytes: number, isInterleaved: boolean): string {
  const ratios = { dedupeRatio: 2, compressRatio: 1 };
  return planReduction({ ...ratios, payloadBytes, isInterleaved }).repeats;
}

const FILES: Reduction = {
  dedupeRatio: 2.5,
  compressRatio: 1,
  repeats: "files",
};

Deno.test("planReduction() repeats units of long files alone", () => {
  assertEquals(repeats(100 * UNIT_BYTES, false), "units");
  assertEquals(repeats(40 * UNIT_BYTES, false), "units");
  assertEquals(repeats(39 * UNIT_BYTES, false), "files");
  assertEquals(repeats(100 * UNIT_BYTES, true), "files");
});

Deno.test("reductionProblems() wants as many files as are repeated", () => {
  const check = (fileCount: number, isUniform = true) =>
    reductionProblems(FILES, { fileCount, isUniform });
  assertEquals(check(3), []);
  assertEquals(check(2).length, 1);
  assertEquals(check(2)[0]!.endsWith("so there must be >= 3"), true);
  assertEquals(check(3, false).length, 1);
});

Deno.test("reductionProblems() has nothing against units and against 1", () => {
  const few = { fileCount: 1, isUniform: false };
  assertEquals(reductionProblems({ ...FILES, repeats: "units" }, few), []);
  assertEquals(reductionProblems({ ...FILES, dedupeRatio: 1 }, few), []);
});
