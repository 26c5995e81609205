/** Tests of lib/checkpoint/usual_accelerators.ts. */
import { assertEquals } from "@std/assert";
import { usualAccelerators } from "../../lib/checkpoint/usual_accelerators.ts";
import { builtIn } from "../cli/built_in.ts";

function countOf(name: string, overrides: readonly string[] = []): number {
  return usualAccelerators(builtIn(name, overrides)).accelerators;
}

Deno.test("usualAccelerators() are those of the closed division", () => {
  assertEquals(
    ["llama3_8b", "llama3_70b", "llama3_405b", "llama3_1t"].map((name) =>
      countOf(name)
    ),
    [8, 64, 512, 1024],
  );
});

Deno.test("usualAccelerators() hold another model once", () => {
  assertEquals(
    countOf("llama_7b", [
      "model.parallelism.tensor=4",
      "model.parallelism.pipeline=2",
    ]),
    8,
  );
});

Deno.test("usualAccelerators() of DLIO's own llama_70b are not those of the closed division", () => {
  assertEquals(countOf("llama_70b"), 32);
});

Deno.test("usualAccelerators() follow settings that 512 do not fit", () => {
  assertEquals(countOf("llama3_405b", ["model.parallelism.tensor=3"]), 96);
  assertEquals(
    countOf("llama3_405b", [
      "checkpoint.mode=subset",
      "model.parallelism.data=1",
    ]),
    256,
  );
});
