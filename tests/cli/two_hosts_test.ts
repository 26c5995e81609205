/**
 * `stoker run` under a launcher of MPI on two hosts: namespaces of this one,
 * with a link between them that can be cut. What two processes of one host do,
 * `processes_test.ts` shows wherever namespaces cannot be made.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type InstalledLauncher, LAUNCHERS } from "../cluster/mpi/launchers.ts";
import {
  hostsProblem,
  makeHosts,
  type TwoHosts,
} from "../cluster/mpi/two_hosts.ts";
import { hashesOf } from "../engine/engine_fixture.ts";
import { cacheProgram, launch } from "./launched_run.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const RECORDING =
  new URL("../engine/recording_format.ts", import.meta.url).href;

const PER_HOST = 2;
const SIZE = 2 * PER_HOST;
const FILES = 10;
const SAMPLES_PER_FILE = 4;

const problem = await hostsProblem();

/**
 * A test under each launcher, with two hosts and a folder that both see.
 *
 * @param isBound See {@linkcode TwoHosts.launcher}.
 */
function onTwoHosts(
  name: string,
  isBound: boolean,
  test: (
    parts: {
      readonly hosts: TwoHosts;
      readonly launcher: InstalledLauncher;
      readonly folder: string;
    },
  ) => Promise<void>,
): void {
  for (const [library, launcher] of LAUNCHERS) {
    const ignored = problem === null ? "" : ` (no two hosts here: ${problem})`;
    Deno.test({
      name: `${library}, two hosts: ${name}${ignored}`,
      ignore: launcher === null || problem !== null,
      async fn() {
        const own = await Deno.makeTempDir({ prefix: "stoker_hosts_" });
        const folder = await Deno.makeTempDir({ prefix: "stoker_shared_" });
        try {
          const seen = [ROOT, folder, await cacheProgram()];
          await using hosts = await makeHosts(own, seen);
          await test({
            hosts,
            launcher: hosts.launcher(launcher!, PER_HOST, isBound),
            folder,
          });
        } finally {
          await Deno.remove(folder, { recursive: true });
          await Deno.remove(own, { recursive: true });
        }
      },
    });
  }
}

/** A few files for all accelerators. */
const DATASET = [
  `dataset.num_files_train=${FILES}`,
  `dataset.num_samples_per_file=${SAMPLES_PER_FILE}`,
  "dataset.num_files_eval=0",
  "dataset.record_length_bytes=4096",
  "workflow.evaluation=false",
  "reader.batch_size=2",
  "reader.read_threads=1",
];

onTwoHosts(
  "a run visits each sample once, and its results tell of both, and of a late clock",
  false,
  async ({ hosts, launcher, folder }) => {
    await using run = await launch({
      launcher,
      size: SIZE,
      folder,
      // The clock of the second host is minutes late, where it can be made so.
      before: `[ $rank -ge ${PER_HOST} ] && for library in ${FAKETIME}; do ` +
        `[ -f $library ] && export LD_PRELOAD=$library ` +
        `FAKETIME=-${LATE_SECONDS} FAKETIME_DONT_FAKE_MONOTONIC=1; done`,
      args: [
        "run",
        "quick",
        `--data=${folder}/data`,
        `--results=${folder}/results`,
        // Uneven on purpose: 2 and 1, 1 and 1.
        "--accelerators-per-host=3,2",
        `dataset.format_module=${RECORDING}?log=${folder}/visited.txt`,
        ...DATASET,
        "train.epochs=1",
        "train.computation_time=0.001",
      ],
    });
    const { code } = await run.ended();
    const said = await allSaid(run);
    assertEquals(code, 0, said);
    const summary = await summaryOf(folder);
    assertEquals(summary.num_hosts, 2);
    assertEquals(summary.num_accelerators, 5);
    assertEquals(
      summary.hosts?.map((host) => [
        host["hostname"],
        host["process_count"],
        host["accelerators"],
      ]),
      [[hosts.names[0], PER_HOST, 3], [hosts.names[1], PER_HOST, 2]],
    );
    const isLate = await hasFaketime();
    const offset = Number(summary.hosts?.[1]?.["clock_offset_seconds"]);
    const late = isLate ? LATE_SECONDS : 0;
    assert(Math.abs(offset + late) < 1, `${offset} s`);
    const visited = await Deno.readTextFile(`${folder}/visited.txt`);
    const samples = visited.trimEnd().split("\n");
    assertEquals(samples.length, FILES * SAMPLES_PER_FILE);
    assertEquals(new Set(samples).size, samples.length);
  },
);

onTwoHosts(
  "a link that is cut ends all processes soon, each side says so, and the results stay",
  true,
  async ({ hosts, launcher, folder }) => {
    await using run = await launch({
      launcher,
      size: SIZE,
      folder,
      args: [
        "run",
        "quick",
        `--data=${folder}/data`,
        `--results=${folder}/results`,
        "--peer-timeout=2s",
        ...DATASET,
        "train.epochs=1000",
        "train.computation_time=0.01",
      ],
    });
    await run.untilSaid(0, "epoch 2 of");
    await hosts.cut();
    const { code, seconds } = await run.ended();
    const said = await allSaid(run);
    assert(code !== 0, said);
    assert(seconds < END_SECONDS_MAX, said);
    assertEquals(await run.orphans(), [], said);
    assertEquals(await hosts.pids(), [], said);
    const errors = await Promise.all(
      Array.from(
        { length: SIZE },
        async (_, rank) => (await run.said(rank)).match(/^error: .*/gm) ?? [],
      ),
    );
    // The first processes of both sides notice it and speak. The others hear
    // of it from them: on a busy machine one of them may have missed those.
    const gone = (host: string) =>
      ` on ${host} as a run needs all of its processes`;
    assertEquals([errors[0]!.length, errors[2]!.length], [1, 1], said);
    assert(errors.every(({ length }) => length <= 1), said);
    assertStringIncludes(errors[0]![0]!, gone(hosts.names[1]));
    assertStringIncludes(errors[2]![0]!, gone(hosts.names[0]));
    assertStringIncludes(errors[2]![0]!, `process 2 on ${hosts.names[1]}: `);
    const summary = await summaryOf(folder);
    assertEquals(summary.num_hosts, 2);
  },
);

/** Debian's libfaketime: what a shell finds of it. */
const FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1";
const LATE_SECONDS = 300;

async function hasFaketime(): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `ls ${FAKETIME}`],
  }).output();
  return success;
}

/** Time-out, roll call, and what a busy machine needs. */
const END_SECONDS_MAX = 20;

/** A model whose ranks' files differ in length. */
const MODEL = [
  "workflow.generate_data=false",
  "workflow.train=false",
  "workflow.evaluation=false",
  "workflow.checkpoint=true",
  "model.type=transformer",
  "model.num_layers=5",
  "model.parallelism.tensor=2",
  "model.parallelism.pipeline=2",
  "model.parallelism.zero_stage=1",
  "model.transformer.vocab_size=101",
  "model.transformer.hidden_size=24",
  "model.transformer.ffn_hidden_size=50",
  "model.transformer.num_attention_heads=4",
  "model.transformer.num_kv_heads=2",
  "checkpoint.type=all_ranks",
  "checkpoint.mode=default",
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.num_checkpoints_read=1",
  "checkpoint.verify=true",
  "checkpoint.recovery_rank_shift=true",
];

onTwoHosts(
  "a model in parallel parts is saved as by one process, and loaded by the other host",
  false,
  async ({ launcher, folder }) => {
    const save = async (name: string, launched: InstalledLauncher | null) => {
      const size = launched === null ? 1 : SIZE;
      await using run = await launch({
        launcher: launched,
        size,
        folder,
        args: [
          "run",
          "quick",
          ...(launched === null ? ["-n", String(SIZE)] : []),
          `--data=${folder}/data`,
          `--results=${folder}/${name}`,
          `checkpoint.checkpoint_folder=${folder}/checkpoints_${name}`,
          ...MODEL,
        ],
      });
      const { code } = await run.ended();
      assertEquals(code, 0, await allSaid(run));
      return await hashesOf(`${folder}/checkpoints_${name}`);
    };
    assertEquals(await save("two", launcher), await save("one", null));
    const [saved, loaded] = await bytesByRank(`${folder}/two`);
    // Rank 0 loads what rank 2 saved, and so on.
    assertEquals(loaded, [...saved!.slice(PER_HOST), ...saved!.slice(0, 2)]);
    assert(saved![0] !== saved![PER_HOST], `${saved}`);
  },
);

/** What the processes and the launcher have printed, for messages. */
async function allSaid(
  run: Awaited<ReturnType<typeof launch>>,
): Promise<string> {
  const ranks = Array.from({ length: SIZE }, (_, rank) => rank);
  const texts = await Promise.all(
    [...ranks, "launcher" as const].map(async (who) =>
      `-- ${who}\n${await run.said(who)}`
    ),
  );
  return texts.join("\n");
}

interface Summary {
  readonly num_hosts: number;
  readonly num_accelerators: number;
  readonly hosts?: readonly Readonly<Record<string, unknown>>[];
}

async function summaryOf(folder: string): Promise<Summary> {
  return JSON.parse(await Deno.readTextFile(`${folder}/results/summary.json`));
}

/** Bytes that each rank saved and loaded: by phase. */
async function bytesByRank(results: string): Promise<number[][]> {
  const { phases } = JSON.parse(
    await Deno.readTextFile(`${results}/stoker.json`),
  ) as {
    phases: { workers: { rank: number; bytes: number }[] }[];
  };
  return phases.map(({ workers }) => {
    const bytes = Array<number>(SIZE).fill(0);
    for (const worker of workers) {
      bytes[worker.rank] = bytes[worker.rank]! + worker.bytes;
    }
    return bytes;
  });
}
