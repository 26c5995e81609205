/**
 * Processes of a run that fail, are stopped or vanish while they train: the
 * others end within moments, and process 0 has what was measured.
 */
import { assert, assertEquals } from "@std/assert";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { runTraining } from "../../../lib/engine/training/train.ts";
import { InterruptedError } from "../../../lib/errors.ts";
import {
  inTempFolder,
  prepareSmall,
  quietHooks,
  smallWorkload,
} from "../engine_fixture.ts";
import { inProcesses, ownHosts, type TestProcess } from "../process_fixture.ts";

/** Steps that every rank has done before anything goes wrong. */
const STEPS_BEFORE = 3;

/** Far more epochs than a test waits for. */
const ENDLESS = ["train.epochs=1000", "train.computation_time.mean=0.005"];

/**
 * Trains in three processes and disturbs them in the middle of an epoch.
 *
 * @param disturb Called once in each process.
 */
async function disturbed(
  folder: string,
  disturb: (process: TestProcess) => void,
) {
  await using run = await prepareSmall(smallWorkload(`${folder}/data`));
  await generateDataset(run, quietHooks(), {
    threads: 2,
    force: false,
    stokerVersion: "0.0.0",
  });
  return await inProcesses(ownHosts(3), async (process) => {
    const { hooks } = process;
    await using prepared = await prepareSmall(
      smallWorkload(`${folder}/data`, ENDLESS),
      { accelerators: 6, cluster: hooks.link.cluster },
    );
    let isDisturbed = false;
    const disturbing = {
      ...hooks,
      onProgress({ epoch }: { readonly epoch: number }) {
        if (isDisturbed || epoch < STEPS_BEFORE) return;
        isDisturbed = true;
        disturb(process);
      },
    };
    const outcome = await runTraining(prepared, disturbing);
    return { ...outcome, endMs: performance.now() };
  });
}

Deno.test("a process that is stopped ends all, and process 0 has the partial record of all", async () => {
  await inTempFolder(async (folder) => {
    let stoppedMs = 0;
    const outcomes = await disturbed(folder, ({ rank, stop }) => {
      if (rank !== 2) return;
      stoppedMs = performance.now();
      stop(new InterruptedError("Interrupted by SIGTERM"));
    });
    const [first, second, third] = outcomes;
    for (const outcome of [first, second]) {
      assertEquals(
        outcome?.error?.message,
        "Cannot go on without process 2 on host2, which ended: " +
          "Interrupted by SIGTERM",
      );
    }
    assert(third?.error instanceof InterruptedError);
    const last = first?.phases.at(-1);
    assertEquals(last?.complete, false);
    assertEquals(last?.ranks.map(({ rank }) => rank), [0, 1, 2, 3, 4, 5]);
    assertEquals(last?.hosts.map(({ host }) => host), [
      "host0",
      "host1",
      "host2",
    ]);
    // Earlier epochs are whole.
    assert((first?.phases.length ?? 0) >= STEPS_BEFORE);
    assert(first?.phases.slice(0, -1).every(({ complete }) => complete));
    // Threads have a second to end by themselves.
    for (const { endMs } of outcomes) assert(endMs - stoppedMs < 10_000);
  });
});

Deno.test("all processes that are stopped at once end in order", async () => {
  await inTempFolder(async (folder) => {
    const outcomes = await disturbed(
      folder,
      ({ stop }) => stop(new InterruptedError("Interrupted by SIGINT")),
    );
    for (const { error } of outcomes) {
      assert(error?.message.endsWith("Interrupted by SIGINT"), `${error}`);
    }
    const last = outcomes[0]?.phases.at(-1);
    assertEquals(last?.ranks.map(({ rank }) => rank), [0, 1, 2, 3, 4, 5]);
  });
});

Deno.test("a process that says nothing when a signal ends the run is named", async () => {
  await inTempFolder(async (folder) => {
    // As a launcher does that has lost process 1: before anybody misses it.
    const [first] = await disturbed(folder, ({ rank, network, stop }) => {
      if (rank !== 0) return;
      network.silence(1);
      stop(new InterruptedError("Interrupted by SIGTERM"));
    });
    assert(first?.error instanceof InterruptedError);
    assertEquals(
      first.error.message,
      "Interrupted by SIGTERM; process 1 on host1 said nothing within 300 ms. " +
        "A launcher that loses a process ends the others so",
    );
  });
});

Deno.test("a process that vanishes is named, and what the others measured is kept", async () => {
  await inTempFolder(async (folder) => {
    const [first, second] = await disturbed(
      folder,
      ({ rank, network, stop }) => {
        if (rank !== 1) return;
        network.kill(1);
        // Its threads of this test must end too.
        stop(new InterruptedError("killed"));
      },
    );
    assert(second?.error instanceof InterruptedError);
    assertEquals(
      first?.error?.message,
      "Cannot go on without process 1 on host1 as a run needs all of its " +
        "processes: it is gone without a word",
    );
    const last = first?.phases.at(-1);
    assertEquals(last?.complete, false);
    assert(last?.ranks.some(({ rank }) => rank === 0));
    assert(last?.ranks.some(({ rank }) => rank === 5));
  });
});
