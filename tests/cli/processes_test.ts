/**
 * `stoker run` as processes of a launcher of MPI: what it measures is that of
 * one process, and every sample is visited once. `STOKER_EXECUTABLE` names what
 * is run in place of the source.
 */
import { stripTypeScriptTypes } from "node:module";
import { assert, assertEquals } from "@std/assert";
import { hashesOf } from "../engine/engine_fixture.ts";
import { LAUNCHERS } from "../cluster/mpi/launchers.ts";
import { launch, type LaunchedOptions } from "./launched_run.ts";

const EXECUTABLE = Deno.env.get("STOKER_EXECUTABLE");

/** Modules of the recording format, below this folder. */
const RECORDING = ["engine/recording_format.ts", "formats/example_format.ts"];
const TESTS = new URL("../", import.meta.url);

const FILES = 12;
const EPOCHS = 2;
const SAMPLES = 4 * FILES;

const SETTINGS = [
  `dataset.num_files_train=${FILES}`,
  "dataset.num_samples_per_file=4",
  "dataset.num_files_eval=0",
  "dataset.record_length_bytes=4096",
  "workflow.evaluation=false",
  `train.epochs=${EPOCHS}`,
  "train.computation_time=0.001",
  "reader.batch_size=2",
  "reader.read_threads=1",
];

/** What a run says and leaves. */
interface Left {
  readonly said: readonly string[];
  readonly summary: Readonly<Record<string, unknown>>;
  /** Names of the samples that were visited, in order. */
  readonly samples: readonly string[];
  readonly hashes: unknown;
  readonly results: string;
}

/** Runs in a folder of its own, to the end. */
async function runToEnd(
  { launcher, size, args }: Pick<LaunchedOptions, "launcher" | "size" | "args">,
): Promise<Left> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_processes_" });
  try {
    const data = `${folder}/data`;
    const settings = [
      `--data=${data}`,
      `--results=${folder}/results`,
      `dataset.format_module=${await recording(folder)}`,
      ...SETTINGS,
    ];
    await using run = await launch({
      launcher,
      size,
      folder,
      args: ["run", "quick", ...args, ...settings],
      ...EXECUTABLE === undefined ? {} : { program: EXECUTABLE },
    });
    const { code } = await run.ended();
    const ranks = Array.from({ length: size }, (_, rank) => rank);
    const said = await Promise.all(ranks.map((rank) => run.said(rank)));
    assertEquals(code, 0, [...said, await run.said("launcher")].join("\n"));
    const text = (name: string) => Deno.readTextFile(`${folder}/${name}`);
    return {
      said,
      summary: JSON.parse(await text("results/summary.json")),
      samples: (await text("visited.txt")).trimEnd().split("\n").sort(),
      hashes: await hashesOf(data),
      results: await text("results/stoker.json"),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** URL of the format that writes down what is visited. */
async function recording(folder: string): Promise<string> {
  const log = `?log=${folder}/visited.txt`;
  const [first = ""] = RECORDING;
  if (EXECUTABLE === undefined) return new URL(first, TESTS).href + log;
  // An executable reads JavaScript alone.
  const scripted = (text: string) => text.replace(/\.ts("|$)/g, ".js$1");
  for (const path of RECORDING) {
    const source = await Deno.readTextFile(new URL(path, TESTS));
    const script = `${folder}/${scripted(path)}`;
    await Deno.mkdir(script.slice(0, script.lastIndexOf("/")));
    await Deno.writeTextFile(script, scripted(stripTypeScriptTypes(source)));
  }
  return `file://${folder}/${scripted(first)}${log}`;
}

/** Runs of one process, by accelerators: each launcher is compared with it. */
const alone = new Map<number, Promise<Left>>();

function runAlone(accelerators: number): Promise<Left> {
  const args = ["-n", String(accelerators)];
  const run = alone.get(accelerators) ??
    runToEnd({ launcher: null, size: 1, args });
  alone.set(accelerators, run);
  return run;
}

/** Processes, and what tells them how many accelerators there are. */
const CASES = [
  { size: 2, accelerators: 2, args: [] },
  { size: 3, accelerators: 3, args: [] },
  { size: 2, accelerators: 3, args: ["--accelerators-per-host", "3"] },
  { size: 8, accelerators: 8, args: [] },
] as const;

const ofWhat = EXECUTABLE === undefined ? "" : `, of ${EXECUTABLE},`;

for (const [library, launcher] of LAUNCHERS) {
  for (const { size, accelerators, args } of CASES) {
    Deno.test({
      name:
        `${size} processes of ${library}${ofWhat} with ${accelerators} accelerators visit each sample once and have the results of one process`,
      ignore: launcher === null,
      async fn() {
        const one = await runAlone(accelerators);
        const many = await runToEnd({ launcher, size, args });
        assertEquals(one.samples.length, EPOCHS * SAMPLES);
        assertEquals(new Set(one.samples).size, SAMPLES);
        assertEquals(many.samples, one.samples);
        assertEquals(many.hashes, one.hashes);
        const { hosts, ...summary } = many.summary;
        assertEquals(Object.keys(summary), Object.keys(one.summary));
        for (const key of ["num_accelerators", "num_hosts", "epochs"]) {
          assertEquals(summary[key], one.summary[key], key);
        }
        assert(Array.isArray(hosts));
        assertEquals(hosts.length, 1);
        assertEquals(hosts[0].process_count, size);
        assertEquals(hosts[0].accelerators, accelerators);
        // One voice, and who speaks between the processes is kept.
        assertEquals(many.said[0]?.match(/^Results: /gm)?.length, 1);
        assertEquals(many.said.slice(1).join(""), "");
        assert(many.results.includes(`"library": "${library}"`));
      },
    });
  }
}
