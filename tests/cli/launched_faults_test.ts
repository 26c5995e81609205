/**
 * What goes wrong in one of three processes of `stoker run` under a launcher
 * of MPI: all end soon, none stays, and who can still speak says which process
 * it was.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type InstalledLauncher, LAUNCHERS } from "../cluster/mpi/launchers.ts";
import { canBeSilenced, silence } from "../storage/silent_folder.ts";
import { launch, type LaunchedRun } from "./launched_run.ts";

const SIZE = 3;
const FILES = 12;

/** Far more epochs than a test waits for. */
const ENDLESS = [
  "--peer-timeout=3s",
  "train.epochs=1000",
  "train.computation_time=0.01",
];

const DATASET = [
  `dataset.num_files_train=${FILES}`,
  "dataset.num_samples_per_file=4",
  "dataset.num_files_eval=0",
  "dataset.record_length_bytes=4096",
  "workflow.evaluation=false",
  "reader.batch_size=2",
  "reader.read_threads=1",
];

/**
 * Most seconds from the fault to the launcher's end: the time-out of three,
 * the time that launchers leave, and what a busy machine needs. A run that
 * does not end is endless.
 */
const END_SECONDS_MAX = 25;

/** One thing that goes wrong. */
interface Fault {
  readonly title: string;
  /** Lines of sh in each process before it starts: `$rank`, `$stoker`. */
  readonly before?: (folder: string) => string;
  /** Done once the second epoch has ended. */
  readonly act?: (run: LaunchedRun) => void | Promise<void>;
  /** Settings beside {@linkcode ENDLESS}. */
  readonly args?: readonly string[];
  /** Data that is there before; then its storage in process 1 is silent. */
  readonly isSilent?: boolean;
  /** What process 0 says; null: it is killed before it can. */
  readonly says: string | null;
  /** The launcher ends the processes, so they have only the time it leaves. */
  readonly isEnding?: boolean;
  /** Whether process 0 writes results. */
  readonly hasResults?: boolean;
}

const signal = (rank: number, name: Deno.Signal) => async (run: LaunchedRun) =>
  Deno.kill(await run.pid(rank), name);

/** Only in process 1: a private mount, then the command. */
const inProcess1 = (mount: string) =>
  `if [ $rank = 1 ]; then exec unshare -m sh -c '${mount} && exec "$@"' ` +
  `sh $stoker "$@"; fi`;

const killOne = signal(1, "SIGKILL");

const FAULTS: readonly Fault[] = [
  {
    title: "process 1 is killed",
    act: killOne,
    isEnding: true,
    says: "process 1 on ",
    hasResults: true,
  },
  { title: "process 0 is killed", act: signal(0, "SIGKILL"), says: null },
  {
    title: "the launcher is killed",
    act: ({ launcherPid }) => Deno.kill(launcherPid, "SIGKILL"),
    says: null,
  },
  {
    title: "process 1 is stopped",
    act: signal(1, "SIGSTOP"),
    says: "Cannot go on without process 1 on ",
    hasResults: true,
  },
  {
    title: "process 1 gets SIGTERM",
    act: signal(1, "SIGTERM"),
    says: "which ended: Interrupted by SIGTERM",
    hasResults: true,
  },
  {
    title: "the launcher gets Ctrl-C",
    act: ({ launcherPid }) => Deno.kill(launcherPid, "SIGINT"),
    isEnding: true,
    says: "error: Interrupted by SIG",
    hasResults: true,
  },
  {
    title: "process 1 has another setting",
    before: () => '[ $rank = 1 ] && set -- "$@" train.seed=7',
    says: "train.seed: not there in process 0, 2; 7 in process 1",
  },
  {
    title: "process 1 sees another dataset",
    before: (folder) => inProcess1(`mount -t tmpfs none ${folder}/data`),
    args: ["workflow.generate_data=false"],
    says: "in process 1: Cannot find a dataset in ",
  },
  {
    title: "the disk of process 1 is full",
    before: (folder) =>
      inProcess1(`mount -t tmpfs -o size=64k none ${folder}/data`),
    says: "in process 1: Cannot write the dataset to ",
  },
  {
    title: "the storage of process 1 does not answer",
    before: (folder) =>
      inProcess1(`mount --bind ${folder}/silent ${folder}/data/train`),
    args: ["workflow.generate_data=false", "--stall-timeout=2s"],
    isSilent: true,
    says: "process 1",
  },
];

const isRoot = Deno.uid() === 0 && canBeSilenced();

for (const [library, launcher] of LAUNCHERS) {
  for (const fault of FAULTS) {
    const needsRoot = fault.before?.("").includes("unshare") ?? false;
    Deno.test({
      name: `${library}, ${fault.title}: all end, and the process is named`,
      ignore: launcher === null || needsRoot && !isRoot,
      fn: () => checkFault(launcher!, fault),
    });
  }
}

async function checkFault(
  launcher: InstalledLauncher,
  fault: Fault,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_fault_" });
  let silent: { release(): void } | null = null;
  try {
    await Deno.mkdir(`${folder}/data`);
    if (fault.args !== undefined) await generate(folder);
    if (fault.isSilent) {
      await Deno.mkdir(`${folder}/silent`);
      silent = silence(`${folder}/silent`);
    }
    await using run = await launch({
      launcher: fault.isEnding ? patient(launcher) : launcher,
      size: SIZE,
      folder,
      args: [
        "run",
        "quick",
        `--data=${folder}/data`,
        `--results=${folder}/results`,
        ...DATASET,
        ...ENDLESS,
        ...fault.args ?? [],
      ],
      ...fault.before === undefined ? {} : { before: fault.before(folder) },
    });
    if (fault.act !== undefined) {
      await run.untilSaid(0, "epoch 2 of");
      await fault.act(run);
    }
    const { code, seconds } = await run.ended();
    const said = await run.said(0);
    const text = `${said}\n${await run.said("launcher")}`;
    assertEquals(await run.orphans(), [], text);
    assert(code !== 0, text);
    assert(seconds < END_SECONDS_MAX, text);
    // Hydra kills all when one is killed.
    if (fault.act === killOne && !launcher.warns) return;
    if (fault.says !== null) {
      assertStringIncludes(said, fault.says);
      assertEquals(said.match(/^error: /gm)?.length, 1, said);
    }
    if (fault.hasResults) await Deno.stat(`${folder}/results/summary.json`);
  } finally {
    silent?.release();
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Open MPI kills what has not ended a second after SIGTERM, which is too soon
 * for a busy machine. It always waits so long.
 */
function patient(launcher: InstalledLauncher): InstalledLauncher {
  if (!launcher.warns) return launcher;
  const timeout = ["--mca", "odls_base_sigkill_timeout", "3"];
  return { ...launcher, line: [...launcher.line, ...timeout] };
}

async function generate(folder: string): Promise<void> {
  await using run = await launch({
    launcher: null,
    size: 1,
    folder,
    args: [
      "generate",
      "quick",
      "-n",
      String(SIZE),
      `--data=${folder}/data`,
      ...DATASET,
    ],
  });
  const { code } = await run.ended();
  assertEquals(code, 0, await run.said(0));
  await Deno.remove(`${folder}/pid.0`);
}
