/** Tests of lib/measure/phase_keeper.ts: folders that do not answer. */
import { assertEquals } from "@std/assert";
import { PhaseKeeper } from "../../lib/measure/phase_keeper.ts";
import type { PhaseRecord, RunRecord } from "../../lib/metrics/run_record.ts";

/** Short, and longer than any answer that comes. */
const STALL_MS = 200;

/** A folder that is silent until it is released; phases by their epoch. */
function silentFolder() {
  const heard: string[] = [];
  const answer = Promise.withResolvers<void>();
  let last = answer.promise;
  const folder = {
    path: "/mnt/results",
    appendPhase({ epoch }: PhaseRecord): Promise<string | null> {
      last = last.then(() => void heard.push(`saved ${epoch}`));
      return last.then(() => null);
    },
    async finish(): Promise<never> {
      await last;
      return { missing: [] } as never;
    },
    discard: () => last,
  };
  const stop = new AbortController();
  const keeperOf = (stallTimeoutMs: number) =>
    new PhaseKeeper({
      folder,
      stallTimeoutMs,
      signal: stop.signal,
      onWarning: (text) => void heard.push(text),
    });
  return { keeperOf, heard, answer, stop };
}

const phase = (epoch: number) => ({ epoch } as PhaseRecord);

Deno.test("PhaseKeeper goes on while the folder does not answer, says it once, and saves all phases in their order later", async () => {
  const { keeperOf, heard, answer } = silentFolder();
  const keeper = keeperOf(STALL_MS);
  await keeper.keep(phase(1));
  await keeper.keep(phase(2));
  answer.resolve();
  // Phases inside of others are not waited for.
  await Promise.all([keeper.keep(phase(3)), keeper.keep(phase(4))]);
  assertEquals(heard, [
    'Cannot write to "/mnt/results": its storage has not answered for 0.2 s. ' +
    "The run goes on; saving is tried again after each phase",
    "saved 1",
    "saved 2",
    "saved 3",
    "saved 4",
    "Results can be saved again: nothing is missing so far",
  ]);
});

Deno.test("PhaseKeeper.finish() gives up on a folder that does not answer", async () => {
  const { keeperOf } = silentFolder();
  const saved = await keeperOf(STALL_MS).finish({} as RunRecord, {});
  assertEquals(saved, null);
});

Deno.test("PhaseKeeper.finish() waits for an answer that comes", async () => {
  const { keeperOf, answer } = silentFolder();
  const saved = keeperOf(60_000).finish({} as RunRecord, {});
  setTimeout(answer.resolve, STALL_MS);
  assertEquals((await saved)?.missing, []);
});

Deno.test("PhaseKeeper.discard() gives up on a folder that does not answer", async () => {
  const { keeperOf } = silentFolder();
  await keeperOf(STALL_MS).discard();
});
