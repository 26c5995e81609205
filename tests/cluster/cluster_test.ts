import { assertEquals, assertRejects } from "@std/assert";
import { onFirstProcess, solo } from "../../lib/cluster/cluster.ts";

Deno.test("onFirstProcess() acts in process 0 and in no other", async () => {
  const acted: number[] = [];
  const answers = [];
  for (let rank = 0; rank < 3; rank++) {
    answers.push(
      await onFirstProcess({ rank, size: 3 }, () => {
        acted.push(rank);
        return Promise.resolve("done");
      }),
    );
  }
  assertEquals(acted, [0]);
  assertEquals(answers, ["done", null, null]);
});

Deno.test("onFirstProcess() of a single process always acts", async () => {
  assertEquals(await onFirstProcess(solo, () => 7), 7);
});

Deno.test("onFirstProcess() passes a failure on", async () => {
  await assertRejects(
    () => onFirstProcess(solo, () => Promise.reject(new Error("full"))),
    Error,
    "full",
  );
});
