/**
 * One run as several processes: each a call of the engine of its own, one
 * after another, since nothing but the barriers of a cluster would need them
 * at once.
 */
import { assert, assertEquals } from "@std/assert";
import { type Cluster, solo } from "../../../lib/cluster/cluster.ts";
import { allRanks, type Ranks } from "../../../lib/cluster/ranks.ts";
import { runCheckpoints } from "../../../lib/engine/checkpoints/run_checkpoints.ts";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { runTraining } from "../../../lib/engine/training/train.ts";
import { mergePhases } from "../../../lib/metrics/merge_phases.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  smallWorkload,
} from "../engine_fixture.ts";

const RAW = new URL("../../formats/example_format.ts", import.meta.url).href;
const RECORDING = new URL("../recording_format.ts", import.meta.url).href;
const GENERATING = { threads: 2, force: false, stokerVersion: "0.0.0" };
const PROCESSES: readonly Cluster[] = [
  { rank: 0, size: 2 },
  { rank: 1, size: 2 },
];

/** Trains with some ranks. @returns Its phases and the samples it visited. */
async function trainWith(
  ranks: Ranks,
  cluster: Cluster,
  { folder, readThreads }: { folder: string; readThreads: number },
): Promise<{ phases: readonly PhaseRecord[]; samples: string[] }> {
  const workload = smallWorkload(`${folder}/data`, [
    `dataset.format_module=${RAW}`,
    "dataset.num_samples_per_file=4",
    "train.computation_time.mean=0.0005",
    "train.computation_time.stdev=0.0001",
    `reader.read_threads=${readThreads}`,
  ]);
  await using run = await prepareSmall(workload, {
    accelerators: ranks.total,
    cluster,
  });
  const { plan } = run;
  assertEquals(plan.ranks, ranks);
  const log = `${folder}/samples_of_${ranks.first}_${ranks.count}.txt`;
  const recording = `${RECORDING}?log=${log}`;
  const { phases, error } = await runTraining({
    ...run,
    plan: { ...plan, dataset: { ...plan.dataset, formatModule: recording } },
  }, quietHooks({ cluster, hostname: `host${cluster.rank}` }));
  assertEquals(error, null);
  const text = await Deno.readTextFile(log);
  return { phases, samples: text.trimEnd().split("\n").sort() };
}

for (const readThreads of [0, 2]) {
  Deno.test(`two processes visit the samples of one, each once, with ${readThreads} readers`, async () => {
    await inTempFolder(async (folder) => {
      const workload = smallWorkload(`${folder}/data`, [
        `dataset.format_module=${RAW}`,
        "dataset.num_samples_per_file=4",
      ]);
      await using run = await prepareSmall(workload);
      await generateDataset(run, quietHooks(), GENERATING);
      const where = { folder, readThreads };
      const whole = await trainWith(allRanks(4), solo, where);
      const [first, second] = PROCESSES as [Cluster, Cluster];
      const halves = [
        await trainWith({ first: 0, count: 2, total: 4 }, first, where),
        await trainWith({ first: 2, count: 2, total: 4 }, second, where),
      ];
      // 12 files of 4 samples, in each of 2 epochs.
      assertEquals(whole.samples.length, 2 * 48);
      assertEquals(new Set(whole.samples).size, 48);
      assertEquals(
        halves.flatMap(({ samples }) => samples).sort(),
        whole.samples,
      );
      assertSameButTimes(
        whole.phases,
        whole.phases.map((_phase, index) =>
          mergePhases(halves.flatMap(({ phases }) => phases[index] ?? []))
        ),
      );
    });
  });
}

/** Compares what does not depend on how long something took. */
function assertSameButTimes(
  whole: readonly PhaseRecord[],
  merged: readonly PhaseRecord[],
): void {
  for (const [index, phase] of whole.entries()) {
    const other = merged[index];
    assertEquals(other?.kind, phase.kind);
    assertEquals(
      other?.ranks.map(({ rank, host }) => [rank, host]),
      [[0, "host0"], [1, "host0"], [2, "host1"], [3, "host1"]],
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
      new Set(["0 host0", "1 host0", "2 host1", "3 host1"]),
    );
    assertEquals(other?.bytesRequested, phase.bytesRequested);
    assertEquals(other?.hosts.map(({ process }) => process), [0, 1]);
  }
}

Deno.test("two processes generate the files of one, the first alone its manifest", async () => {
  await inTempFolder(async (folder) => {
    const prepare = (name: string) =>
      prepareSmall(smallWorkload(`${folder}/${name}`));
    await using one = await prepare("one");
    await generateDataset(one, quietHooks(), GENERATING);
    const counts: number[] = [];
    const manifests: boolean[] = [];
    const manifest = `${folder}/two/.stoker`;
    for (const cluster of PROCESSES) {
      await using two = await prepare("two");
      const { phases, error } = await generateDataset(
        two,
        quietHooks({ cluster }),
        { ...GENERATING, force: true },
      );
      assertEquals(error, null);
      counts.push(phases[0]?.workers.reduce((n, w) => n + w.files, 0) ?? 0);
      manifests.push(await isThere(manifest));
      // Taken away, so that one of the second process would be seen.
      if (await isThere(manifest)) {
        await Deno.rename(manifest, `${folder}/manifest`);
      }
      assertEquals(
        phases[0]?.workers.every(({ rank }) => rank === cluster.rank),
        true,
      );
    }
    assertEquals(counts, [8, 8]);
    assertEquals(manifests, [true, false]);
    await Deno.rename(`${folder}/manifest`, manifest);
    assertEquals(
      await hashesOf(`${folder}/two`),
      await hashesOf(`${folder}/one`),
    );
  });
});

Deno.test("two processes save the checkpoint of one, the first alone its record", async () => {
  await inTempFolder(async (folder) => {
    const run = async (name: string, cluster: Cluster, loop: Loop) => {
      const workload = smallWorkload(`${folder}/data`, [
        `checkpoint.checkpoint_folder=${folder}/${name}`,
        "workflow.checkpoint=true",
        "workflow.train=false",
        "workflow.generate_data=false",
        "model.model_size_bytes=64KiB",
        "checkpoint.type=all_ranks",
        "checkpoint.num_checkpoints_read=1",
        "checkpoint.verify=true",
      ]);
      await using prepared = await prepareSmall(workload, {
        accelerators: 4,
        cluster,
      });
      assert(prepared.checkpoints !== null);
      const outcome = await runCheckpoints(prepared.checkpoints, {
        betweenSeconds: 0,
        dropCaches: "never",
        ...loop,
      }, quietHooks({ cluster }));
      assertEquals(outcome.error, null);
      return outcome.phases;
    };
    const save = { writeCount: 1, readCount: 0 };
    const load = { writeCount: 0, readCount: 1 };
    await run("one", solo, save);
    const records: boolean[] = [];
    const saved: PhaseRecord[] = [];
    for (const cluster of [...PROCESSES].reverse()) {
      saved.push(...await run("two", cluster, save));
      records.push(await isThere(`${folder}/two/.stoker`));
    }
    assertEquals(records, [false, true]);
    assertEquals(
      await hashesOf(`${folder}/two`),
      await hashesOf(`${folder}/one`),
    );
    assertEquals(
      mergePhases(saved).ranks.map(({ rank }) => rank),
      [0, 1, 2, 3],
    );
    for (const cluster of PROCESSES) {
      const [loaded] = await run("two", cluster, load);
      assertEquals(
        loaded?.ranks.map(({ rank }) => rank),
        [0, 1].map((localRank) => 2 * cluster.rank + localRank),
      );
    }
  });
});

/** How many checkpoints a process saves and loads. */
interface Loop {
  readonly writeCount: number;
  readonly readCount: number;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
