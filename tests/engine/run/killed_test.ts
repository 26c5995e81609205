/**
 * kill -9 in the middle, with single calls and with requests in flight: no
 * file passes for whole that is not, and the next run goes on.
 */
import { assert, assertEquals } from "@std/assert";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import {
  hashesOf,
  inTempFolder,
  prepareSmall,
  quietHooks,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

const ENGINES = HAS_URING ? ["sync", "uring"] : ["sync"];

/** Files that take long enough to be killed in the middle. */
interface Files {
  readonly what: string;
  readonly count: number;
  readonly recordBytes: number;
  /** Names that are there when it is killed. */
  readonly killedAt: number;
}

const LONG = {
  what: "files of several writes",
  count: 48,
  recordBytes: 2_900_000,
  killedAt: 6,
};
/** One write each, which does not end at a block. */
const SMALL = {
  what: "files of one write",
  count: 800,
  recordBytes: 150_000,
  killedAt: 60,
};

const GENERATED: readonly (readonly [string, Files])[] = [
  ...ENGINES.map((engine) => [engine, LONG] as const),
  ...ENGINES.slice(1).map((engine) => [engine, SMALL] as const),
];

function settingsOf(engine: string, { count, recordBytes } = LONG): string[] {
  return [
    "dataset.format=npy",
    `dataset.num_files_train=${count}`,
    "dataset.num_files_eval=0",
    `dataset.record_length_bytes=${recordBytes}`,
    "reader.batch_size=1",
    "reader.write_threads=2",
    "reader.odirect=true",
    `reader.io_engine=${engine}`,
  ];
}

/** Runs a command until something is there, and kills it. */
async function killWhen(
  folder: string,
  args: readonly string[],
  isReached: (said: string) => boolean,
): Promise<void> {
  Deno.writeTextFileSync(`${folder}/w.yaml`, "framework: pytorch\n");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", MAIN, ...args],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let said = "";
  const listening = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) said += decoder.decode(bytes);
  })();
  let isEnded = false;
  const status = child.status.then((status) => {
    isEnded = true;
    return status;
  });
  while (!isEnded && !isReached(said)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert(!isEnded, said);
  child.kill("SIGKILL");
  await status;
  await listening;
}

function fileCountIn(folder: string): number {
  try {
    return [...Deno.readDirSync(folder)].length;
  } catch {
    return 0;
  }
}

for (const [engine, files] of GENERATED) {
  Deno.test({
    name:
      `kill -9 while generating ${files.what} (${engine}): what has its full length is whole, the next run writes the rest`,
    ignore: !tempTakesDirect(),
    fn: () =>
      inTempFolder(async (folder) => {
        const data = `${folder}/data`;
        const settings = settingsOf(engine, files);
        await killWhen(folder, [
          "generate",
          "w.yaml",
          `--data=${data}`,
          ...settings,
        ], () => fileCountIn(`${data}/train`) > files.killedAt);
        const workload = smallWorkload(data, [
          ...settings,
          "workflow.train=false",
        ]);
        // All of full length, before anything is mended.
        const lengths = new Map<string, number>();
        for (const { name } of Deno.readDirSync(`${data}/train`)) {
          lengths.set(name, Deno.statSync(`${data}/train/${name}`).size);
        }
        const killed = await hashesOf(`${data}/train`);
        const { error } = await runSmall(workload);
        assertEquals(error, null);
        await using run = await prepareSmall(workload);
        const { damages, checkedFiles } = await verifyDataset(
          run,
          quietHooks(),
          { threads: 2, sampleCount: null },
        );
        assertEquals([damages, checkedFiles], [[], files.count]);
        const whole = await hashesOf(`${data}/train`);
        assertEquals(Object.keys(whole).length, files.count);
        for (const [name, hash] of Object.entries(whole)) {
          const { size } = Deno.statSync(`${data}/train/${name}`);
          if (lengths.get(name) !== size) continue;
          assertEquals(killed[name], hash, `${name} passed for whole`);
        }
      }),
  });
}

for (const engine of ENGINES) {
  Deno.test({
    name:
      `kill -9 while reading (${engine}): the process is gone at once, the data is as it was`,
    ignore: !tempTakesDirect(),
    fn: () =>
      inTempFolder(async (folder) => {
        const data = `${folder}/data`;
        const settings = settingsOf(engine);
        await runSmall(smallWorkload(data, [
          ...settings,
          "workflow.train=false",
        ]));
        const before = await hashesOf(data);
        await killWhen(folder, [
          "run",
          "w.yaml",
          `--data=${data}`,
          `--results=${folder}/results`,
          ...settings,
          "train.epochs=1000",
        ], (said) => /epoch 2 of/.test(said));
        assertEquals(await hashesOf(data), before);
        const { error } = await runSmall(smallWorkload(data, [
          ...settings,
          "workflow.generate_data=false",
          "train.epochs=1",
        ]));
        assertEquals(error, null);
      }),
  });
}
