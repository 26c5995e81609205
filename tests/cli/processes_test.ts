/**
 * `stoker run` as processes of a launcher of MPI: what it measures is that of
 * one process, and every sample is visited once.
 */
import { assert, assertEquals } from "@std/assert";
import { hashesOf, inTempFolder } from "../engine/engine_fixture.ts";
import { LAUNCHERS } from "../cluster/mpi/launchers.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const RECORDING =
  new URL("../engine/recording_format.ts", import.meta.url).href;

/** What a run says and leaves. */
async function runAs(
  line: readonly string[],
  folder: string,
  name: string,
): Promise<{
  readonly stdout: string;
  readonly stderr: string;
  readonly summary: Readonly<Record<string, unknown>>;
  readonly samples: readonly string[];
}> {
  const [program = "", ...args] = [
    ...line,
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-check",
    MAIN,
    "run",
    "quick",
    "--accelerators-per-host",
    "3",
    "--data",
    `${folder}/${name}`,
    "--results",
    `${folder}/results_${name}`,
    `dataset.format_module=${RECORDING}?log=${folder}/${name}.txt`,
    "dataset.num_files_train=12",
    "dataset.num_samples_per_file=4",
    "dataset.num_files_eval=0",
    "dataset.record_length_bytes=4096",
    "workflow.evaluation=false",
    "train.epochs=2",
    "train.computation_time=0.001",
    "reader.batch_size=2",
    "reader.read_threads=1",
  ];
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  const recorded = await Deno.readTextFile(`${folder}/${name}.txt`);
  return {
    stdout: text(stdout),
    stderr: text(stderr),
    summary: JSON.parse(
      await Deno.readTextFile(`${folder}/results_${name}/summary.json`),
    ),
    samples: recorded.trimEnd().split("\n").sort(),
  };
}

for (const [library, launcher] of LAUNCHERS) {
  Deno.test({
    name:
      `2 processes of ${library} with 2 and 1 accelerators visit each sample once and have the results of one process`,
    ignore: launcher === null,
    async fn() {
      await inTempFolder(async (folder) => {
        const alone = await runAs([], folder, "alone");
        const line = [...launcher!.line, "-np", "2"];
        const both = await runAs(line, folder, "both");
        assertEquals(alone.samples.length, 2 * 48);
        assertEquals(new Set(alone.samples).size, 48);
        assertEquals(both.samples, alone.samples);
        assertEquals(
          await hashesOf(`${folder}/both`),
          await hashesOf(`${folder}/alone`),
        );
        const { hosts, ...summary } = both.summary;
        assertEquals(Object.keys(summary), Object.keys(alone.summary));
        for (const key of ["num_accelerators", "num_hosts", "epochs"]) {
          assertEquals(summary[key], alone.summary[key], key);
        }
        assert(Array.isArray(hosts));
        assertEquals(hosts.length, 1);
        assertEquals(hosts[0].process_count, 2);
        assertEquals(hosts[0].accelerators, 3);
        // One voice, and who speaks between the processes is kept.
        assertEquals(both.stderr.match(/^Results: /gm)?.length, 1);
        const results = await Deno.readTextFile(
          `${folder}/results_both/stoker.json`,
        );
        assertEquals(results.includes(`"library": "${library}"`), true);
      });
    },
  });
}
