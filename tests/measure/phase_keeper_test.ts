/** Tests of lib/measure/phase_keeper.ts: folders that do not answer. */
import { assertEquals } from "@std/assert";
import { PhaseKeeper } from "../../lib/measure/phase_keeper.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import type { ResultsFolder } from "../../lib/results/results_folder.ts";

/** Phases by their epoch; what became of them in order. */
function keeperOf(answers: (call: number) => boolean) {
  const heard: string[] = [];
  const folder = {
    path: "/mnt/results",
    appendPhase({ epoch }: PhaseRecord) {
      heard.push(`saved ${epoch}`);
      return null;
    },
    holdPhase: ({ epoch }: PhaseRecord) => void heard.push(`held ${epoch}`),
  };
  let calls = 0;
  const waitsMs: number[] = [];
  const keeper = new PhaseKeeper({
    folder: folder as unknown as ResultsFolder,
    stallTimeoutMs: 300_000,
    onWarning: (text) => void heard.push(text),
    answers(_path, timeoutMs) {
      waitsMs.push(timeoutMs);
      return Promise.resolve(answers(calls++));
    },
  });
  const keep = (epoch: number) => keeper.keep({ epoch } as PhaseRecord);
  return { keeper, keep, heard, waitsMs };
}

Deno.test("PhaseKeeper holds phases while the folder does not answer, says it once, and saves them later", async () => {
  const { keep, heard } = keeperOf((call) => call === 0 || call === 3);
  const silent = 'Cannot write to "/mnt/results": its storage has not ' +
    "answered for 10 s. The run goes on; saving is tried again after each " +
    "phase";
  // Phases inside of others are not waited for, and keep their order.
  const all = [1, 2, 3, 4].map((epoch) => keep(epoch));
  await Promise.all(all);
  assertEquals(heard, [
    "saved 1",
    "held 2",
    silent,
    "held 3",
    "saved 4",
    "Results can be saved again: nothing is missing so far",
  ]);
});

Deno.test("PhaseKeeper waits long for the last saving, unless somebody waits for the end", async () => {
  const { keeper, waitsMs } = keeperOf(() => false);
  assertEquals(await keeper.canFinish(false), false);
  assertEquals(await keeper.canFinish(true), false);
  assertEquals(waitsMs, [300_000, 10_000]);
});
