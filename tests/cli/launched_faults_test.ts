/**
 * What goes wrong in one of three processes of `stoker run` under a launcher
 * of MPI: all end soon, none stays, and who can still speak says which process
 * it was.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type InstalledLauncher, LAUNCHERS } from "../cluster/mpi/launchers.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { canBeSilenced, silence } from "../storage/silent_folder.ts";
import { tempTakesDirect } from "../storage/direct/takes_direct.ts";
import { launch, type LaunchedRun } from "./launched_run.ts";

const SIZE = 3;
const FILES = 12;

/** Far more epochs than a test waits for. */
const ENDLESS = [
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

/** The data is there before. */
const NO_GENERATING = "workflow.generate_data=false";

/** A small checkpoint after each epoch; the last one is kept. */
const CHECKPOINTS = [
  "workflow.checkpoint=true",
  "checkpoint.type=all_ranks",
  "checkpoint.keep_checkpoints=1",
  "model.model_size_bytes=64KiB",
];

/** One thing that goes wrong. */
interface Fault {
  readonly title: string;
  /** Lines of sh in each process before it starts: `$rank`, `$stoker`. */
  readonly before?: (folder: string) => string;
  /** Done once the second epoch has ended. */
  readonly act?: (run: LaunchedRun, folder: string) => void | Promise<void>;
  /** @default {"3s"} */
  readonly peerTimeout?: string;
  /** Settings beside {@linkcode ENDLESS}. */
  readonly args?: readonly string[];
  /** A storage that does not answer is mounted on the folder "silent". */
  readonly isSilent?: boolean;
  /** What process 0 says; null: it is killed before it can. */
  readonly says: string | null;
  /** Processes of which one says it. @default {[0]} */
  readonly sayers?: readonly number[];
  /** What process 1 says in its place, if the launcher lets it. */
  readonly saysInPlace?: string;
  /** The launcher that kills all then, before any can speak. */
  readonly killedBy?: string;
  /** The launcher ends the processes, so they have only the time it leaves. */
  readonly isEnding?: boolean;
  /** What process 0 leaves: finished results, or what `stoker report` reads. */
  readonly leaves?: "results" | "journal";
  /** It is one only where the other processes have O_DIRECT. */
  readonly needsDirect?: true;
}

const signal = (rank: number, name: Deno.Signal) => async (run: LaunchedRun) =>
  Deno.kill(await run.pid(rank), name);

/** Only in process 1: a private mount, then the command. */
const inProcess1 = (mount: string) =>
  `if [ $rank = 1 ]; then exec unshare -m sh -c '${mount} && exec "$@"' ` +
  `sh $stoker "$@"; fi`;

const FAULTS: readonly Fault[] = [
  {
    title: "process 1 is killed",
    act: signal(1, "SIGKILL"),
    isEnding: true,
    killedBy: "MPICH",
    says: "process 1 on ",
    leaves: "results",
  },
  {
    title: "process 0 is killed",
    act: signal(0, "SIGKILL"),
    says: null,
    saysInPlace: "Interrupted by SIGTERM; process 0 on ",
    leaves: "journal",
  },
  {
    title: "the launcher is killed",
    act: ({ launcherPid }) => Deno.kill(launcherPid, "SIGKILL"),
    says: null,
    leaves: "journal",
  },
  {
    title: "process 1 ends before it joins",
    before: () => "[ $rank = 1 ] && exit 32",
    peerTimeout: "300ms",
    killedBy: "Open MPI",
    says: "Cannot join the other processes of mpi",
    // The first one to give up ends the launcher, which kills the other.
    sayers: [0, 2],
  },
  {
    title: "process 1 is stopped",
    act: signal(1, "SIGSTOP"),
    says: "Cannot go on without process 1 on ",
    leaves: "results",
  },
  {
    title: "process 1 gets SIGTERM",
    act: signal(1, "SIGTERM"),
    says: "which ended: Interrupted by SIGTERM",
    leaves: "results",
  },
  {
    title: "the launcher gets Ctrl-C",
    act: ({ launcherPid }) => Deno.kill(launcherPid, "SIGINT"),
    isEnding: true,
    says: "error: Interrupted by SIG",
    leaves: "results",
  },
  {
    title: "process 1 has another setting",
    before: () => '[ $rank = 1 ] && set -- "$@" train.seed=7',
    says: "train.seed: not there in process 0, 2; 7 in process 1",
  },
  {
    title: "process 1 sees another dataset",
    before: (folder) => inProcess1(`mount -t tmpfs none ${folder}/data`),
    args: [NO_GENERATING],
    says: "in process 1: Cannot find a dataset in ",
  },
  {
    title: "the disk of process 1 is full",
    before: (folder) =>
      inProcess1(`mount -t tmpfs -o size=64k none ${folder}/data`),
    says: "in process 1: Cannot write the dataset to ",
  },
  {
    title: "the storage of process 1 knows no O_DIRECT",
    before: (folder) =>
      inProcess1(
        `cp -a ${folder}/data ${folder}/copy && mount -t ramfs none ` +
          `${folder}/data && cp -a ${folder}/copy/. ${folder}/data`,
      ),
    args: [NO_GENERATING, "--odirect"],
    needsDirect: true,
    says: "the file system refuses O_DIRECT for it",
  },
  {
    title: "the storage of process 1 does not answer",
    before: (folder) =>
      inProcess1(`mount --bind ${folder}/silent ${folder}/data/train`),
    args: [NO_GENERATING, "--stall-timeout=2s"],
    isSilent: true,
    says: "process 1",
  },
  {
    title: "the disk of process 1 fills in the run",
    before: (folder) =>
      inProcess1(`mount -t tmpfs -o size=1m none ${folder}/checkpoints`),
    act: async (run, folder) =>
      await fill(`/proc/${await run.pid(1)}/root${folder}/checkpoints/filler`),
    args: CHECKPOINTS,
    says: "Cannot go on without process 1 on ",
    leaves: "results",
  },
  {
    title: "the storage of process 1 stops answering in the run",
    before: () => inProcess1("true"),
    act: async (run, folder) =>
      await withinMounts(await run.pid(1), [
        ...["mount", "--bind", `${folder}/silent`, `${folder}/data/train`],
      ]),
    args: ["--stall-timeout=2s"],
    isSilent: true,
    says: "Cannot go on without process 1 on ",
    leaves: "results",
  },
];

const isRoot = Deno.uid() === 0 && canBeSilenced();

for (const [library, launcher] of LAUNCHERS) {
  for (const fault of FAULTS) {
    const needsRoot = fault.before?.("").includes("unshare") ?? false;
    Deno.test({
      name: `${library}, ${fault.title}: all end, and the process is named`,
      ignore: launcher === null || needsRoot && !isRoot ||
        fault.needsDirect === true && !tempTakesDirect(),
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
    await Deno.mkdir(`${folder}/checkpoints`);
    if (fault.args?.includes(NO_GENERATING)) await generate(folder);
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
        `--checkpoints=${folder}/checkpoints`,
        ...DATASET,
        ...ENDLESS,
        `--peer-timeout=${fault.peerTimeout ?? "3s"}`,
        ...fault.args ?? [],
      ],
      ...fault.before === undefined ? {} : { before: fault.before(folder) },
    });
    if (fault.act !== undefined) {
      await run.untilSaid(0, "epoch 2 of");
      await fault.act(run, folder);
    }
    const { code, seconds } = await run.ended();
    const said = await saidOf(run, fault);
    const text = `${said}\n${await run.said("launcher")}`;
    assertEquals(await run.orphans(), [], text);
    assert(code !== 0, text);
    assert(seconds < END_SECONDS_MAX, text);
    const isKilled = fault.killedBy === launcher.library;
    if (fault.says !== null && !isKilled) expectError(said, fault.says);
    if (fault.saysInPlace !== undefined && launcher.warns) {
      expectError(await run.said(1), fault.saysInPlace);
    }
    if (fault.leaves === undefined) return;
    const results = `${folder}/results`;
    if (fault.leaves === "journal" || isKilled) await expectJournal(results);
    else await Deno.stat(`${results}/summary.json`);
  } finally {
    silent?.release();
    await Deno.remove(folder, { recursive: true });
  }
}

/** What a process says that tells of the fault. */
async function saidOf(run: LaunchedRun, fault: Fault): Promise<string> {
  const texts: string[] = [];
  for (const rank of fault.sayers ?? [0]) texts.push(await run.said(rank));
  const { says } = fault;
  const told = says === null ? undefined : texts.find((t) => t.includes(says));
  return told ?? texts.join("\n");
}

/** Leaves no room on a file system. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const bytes = new Uint8Array(4096);
  try {
    for (;;) await file.write(bytes);
  } catch (error) {
    assertStringIncludes(String(error), "os error 28");
  }
}

/** Runs a command that sees the mounts of a process. */
async function withinMounts(
  pid: number,
  command: readonly string[],
): Promise<void> {
  const { success, stderr } = await new Deno.Command("nsenter", {
    args: ["--mount", "--target", String(pid), ...command],
  }).output();
  assert(success, new TextDecoder().decode(stderr));
}

/** One error, which has a text. */
function expectError(said: string, text: string): void {
  assertStringIncludes(said, text);
  assertEquals(said.match(/^error: /gm)?.length, 1, said);
}

/** The phases of all processes that had ended, as `stoker report` has them. */
async function expectJournal(results: string): Promise<void> {
  const { record } = await readResults(results, { timeoutMs: 10_000 });
  assertEquals(record.complete, false);
  const trained = record.phases.filter(({ kind }) => kind === "train");
  // The second one may have been told of, and not have been saved yet.
  assert(trained.length >= 1, `${trained.length} epochs`);
  for (const { ranks } of trained) assertEquals(ranks.length, SIZE);
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
