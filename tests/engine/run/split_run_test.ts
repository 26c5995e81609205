/**
 * One run as several processes: each a call of the engine of its own, all of
 * them at once.
 */
import { assert, assertEquals } from "@std/assert";
import { runCheckpoints } from "../../../lib/engine/checkpoints/run_checkpoints.ts";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import type { RunHooks } from "../../../lib/engine/run/run_hooks.ts";
import { runTraining } from "../../../lib/engine/training/train.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  smallWorkload,
} from "../engine_fixture.ts";
import { inProcesses, ownHosts } from "../process_fixture.ts";

const RAW = new URL("../../formats/example_format.ts", import.meta.url).href;
const RECORDING = new URL("../recording_format.ts", import.meta.url).href;
const GENERATING = { threads: 2, force: false, stokerVersion: "0.0.0" };

/** Trains with the ranks of a process. @returns Its phases and samples. */
async function trainWith(
  hooks: RunHooks,
  { folder, readThreads, name, shares }: {
    readonly folder: string;
    readonly readThreads: number;
    readonly name: string;
    readonly shares: readonly number[];
  },
): Promise<{ phases: readonly PhaseRecord[]; samples: string[] }> {
  const workload = smallWorkload(`${folder}/data`, [
    `dataset.format_module=${RAW}`,
    "dataset.num_samples_per_file=4",
    "train.computation_time.mean=0.0005",
    "train.computation_time.stdev=0.0001",
    `reader.read_threads=${readThreads}`,
  ]);
  const { cluster } = hooks.link;
  await using run = await prepareSmall(workload, {
    accelerators: 4,
    cluster,
    shares,
  });
  const { plan } = run;
  const log = `${folder}/samples_of_${name}_${cluster.rank}.txt`;
  const recording = `${RECORDING}?log=${log}`;
  const { phases, error } = await runTraining({
    ...run,
    plan: { ...plan, dataset: { ...plan.dataset, formatModule: recording } },
  }, hooks);
  assertEquals(error, null);
  const text = await Deno.readTextFile(log);
  return { phases, samples: text.trimEnd().split("\n").sort() };
}

for (
  const { readThreads, shares } of [
    { readThreads: 0, shares: [2, 2] },
    { readThreads: 2, shares: [3, 1] },
  ]
) {
  Deno.test(`processes of ${shares} accelerators visit the samples of one, each once, with ${readThreads} readers, and have its record`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(`${folder}/data`, [
        `dataset.format_module=${RAW}`,
        "dataset.num_samples_per_file=4",
      ]);
      await using run = await prepareSmall(workload);
      await generateDataset(run, quietHooks(), GENERATING);
      const whole = await trainWith(quietHooks(), {
        folder,
        readThreads,
        name: "one",
        shares: [4],
      });
      const parts = await inProcesses(
        ownHosts(2),
        ({ hooks }) =>
          trainWith(hooks, { folder, readThreads, name: "two", shares }),
      );
      // 12 files of 4 samples, in each of 2 epochs.
      assertEquals(whole.samples.length, 2 * 48);
      assertEquals(new Set(whole.samples).size, 48);
      assertEquals(
        parts.flatMap(({ samples }) => samples).sort(),
        whole.samples,
      );
      const hosts = shares.flatMap((share, process) =>
        Array.from({ length: share }, () => `host${process}`)
      );
      assertSameButTimes(whole.phases, parts[0]?.phases ?? [], hosts);
      assertEquals(
        parts[1]?.phases.map(({ ranks }) => ranks.length),
        whole.phases.map(() => shares[1]),
      );
    });
  });
}

/** Compares what does not depend on how long something took. */
function assertSameButTimes(
  whole: readonly PhaseRecord[],
  merged: readonly PhaseRecord[],
  hosts: readonly string[],
): void {
  assertEquals(merged.length, whole.length);
  for (const [index, phase] of whole.entries()) {
    const other = merged[index];
    assertEquals(other?.kind, phase.kind);
    assertEquals(other?.complete, true);
    assertEquals(
      other?.ranks.map(({ rank, host }) => [rank, host]),
      hosts.map((host, rank) => [rank, host]),
    );
    // Drawn from seeds, so the same only if they go by global rank.
    assertEquals(
      other?.ranks.map((rank) => rank.computeRequestedSeconds),
      phase.ranks.map((rank) => rank.computeRequestedSeconds),
    );
    assertEquals(
      other?.workers.map(({ rank, role, samples, bytes }) =>
        [rank, role, samples, bytes].join(" ")
      ),
      phase.workers.map(({ rank, role, samples, bytes }) =>
        [rank, role, samples, bytes].join(" ")
      ),
    );
    assertEquals(
      new Set(other?.workers.map(({ rank, host }) => `${rank} ${host}`)),
      new Set(hosts.map((host, rank) => `${rank} ${host}`)),
    );
    assertEquals(other?.bytesRequested, phase.bytesRequested);
    assertEquals(other?.hosts.map(({ process }) => process), [0, 1]);
  }
}

Deno.test("two processes generate and verify the files of one, the first alone its manifest", async () => {
  await inTempFolder(async (folder) => {
    const prepare = (name: string, { link }: RunHooks) =>
      prepareSmall(smallWorkload(`${folder}/${name}`), {
        accelerators: link.cluster.size,
        cluster: link.cluster,
      });
    await using one = await prepare("one", quietHooks());
    await generateDataset(one, quietHooks(), GENERATING);
    const outcomes = await inProcesses(ownHosts(2), async ({ hooks }) => {
      await using two = await prepare("two", hooks);
      return await generateDataset(two, hooks, GENERATING);
    });
    const files = outcomes.map(({ phases: [phase] }) =>
      phase?.workers.reduce((count, worker) => count + worker.files, 0)
    );
    // The first has what all did, the second its own part.
    assertEquals(files, [16, 8]);
    assertEquals(
      outcomes[0]?.phases[0]?.workers.map(({ rank }) => rank),
      [0, 0, 1, 1],
    );
    assertEquals(
      await hashesOf(`${folder}/two`),
      await hashesOf(`${folder}/one`),
    );
    const [first = "", second = ""] = Object.keys(
      await hashesOf(`${folder}/two`),
    );
    await Deno.truncate(`${folder}/two/${first}`, 10);
    await Deno.truncate(`${folder}/two/${second}`, 10);
    const [found] = await inProcesses(ownHosts(2), async ({ hooks }) => {
      await using two = await prepare("two", hooks);
      return await verifyDataset(two, hooks, { threads: 2, sampleCount: null });
    });
    assertEquals(found?.damagedCount, 2);
    assertEquals(found?.checkedFiles, 16);
    assertEquals(
      found?.damages.map(({ path }) => path).sort(),
      [first, second].map((path) => `${folder}/two/${path}`).sort(),
    );
  });
});

Deno.test("two processes save and load the checkpoint of one, by other hosts, and the first alone writes its record", async () => {
  await inTempFolder(async (folder) => {
    const run = async (name: string, hooks: RunHooks) => {
      const { cluster } = hooks.link;
      const workload = smallWorkload(`${folder}/data`, [
        `checkpoint.checkpoint_folder=${folder}/${name}`,
        "workflow.checkpoint=true",
        "workflow.train=false",
        "workflow.generate_data=false",
        "model.model_size_bytes=64KiB",
        "checkpoint.type=all_ranks",
        "checkpoint.num_checkpoints_read=1",
        "checkpoint.verify=true",
        "checkpoint.recovery_rank_shift=true",
      ]);
      await using prepared = await prepareSmall(workload, {
        accelerators: 4,
        cluster,
        placement: hooks.placement,
      });
      assert(prepared.checkpoints !== null);
      assertEquals(
        prepared.checkpoints.plan.rankShift,
        cluster.size === 1 ? 0 : 2,
      );
      const outcome = await runCheckpoints(prepared.checkpoints, {
        betweenSeconds: 0,
        dropCaches: "never",
        writeCount: 2,
        readCount: 1,
      }, hooks);
      assertEquals(outcome.error, null);
      return outcome.phases;
    };
    const whole = await run("one", quietHooks());
    const [merged = []] = await inProcesses(
      ownHosts(2),
      ({ hooks }) => run("two", hooks),
    );
    assertEquals(
      await hashesOf(`${folder}/two`),
      await hashesOf(`${folder}/one`),
    );
    assertEquals(
      await hashesOf(`${folder}/two/.stoker`),
      await hashesOf(`${folder}/one/.stoker`),
    );
    const figures = (phases: readonly PhaseRecord[]) =>
      phases.map(({ kind, checkpoint, bytesRequested, ranks }) => ({
        kind,
        checkpoint,
        bytesRequested,
        ranks: ranks.map(({ rank }) => rank),
      }));
    assertEquals(figures(merged), figures(whole));
  });
});
