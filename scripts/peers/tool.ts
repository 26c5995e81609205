/**
 * Stoker and DLIO behind one call: the same settings, a results folder, and
 * what the run took.
 */
import { standInVariables } from "../dlio/environment.ts";
import { childCpuSeconds } from "./child_cpu.ts";

const CONFIG_FOLDER = new URL("config", import.meta.url).pathname;
const STOKER_MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** DLIO imports these for loaders and frameworks that are not used here. */
const REPLACED = ["tensorflow", "torchvision", "nvidia"];

/** What a run took and said. */
export interface Ended {
  readonly isDone: boolean;
  /** User and system, reader processes included. */
  readonly cpuSeconds: number;
  /** Stdout and stderr. */
  readonly log: string;
}

/** A benchmark that reads DLIO's settings. */
export interface Tool {
  readonly name: "stoker" | "dlio";
  /** The command line, as one types it. */
  commandLine(settings: readonly string[]): string;
  /**
   * Runs to the end.
   *
   * @param settings "++workload.KEY=VALUE" of the workload `peer`, or a whole
   * command line that begins with "workload=" or "run".
   * @param resultsFolder Is made.
   */
  run(settings: readonly string[], resultsFolder: string): Ended;
  /**
   * The same tool with several accelerators; DLIO's are MPI processes.
   *
   * @param count >= 1.
   */
  withAccelerators(count: number): Tool;
}

/** Which DLIO is run. */
export interface DlioToolOptions {
  /**
   * Folder with a `dlio_benchmark` package that is used instead of the
   * installed one.
   *
   * @default {null}
   */
  readonly sourceFolder?: string | null;
}

/** What both tools share. */
interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly resultsFlag: string;
  /** What goes before the command and after the settings. */
  readonly accelerated: (count: number) => Accelerated;
}

/** A program with several accelerators. */
interface Accelerated {
  readonly path: string;
  readonly args: readonly string[];
  /** As one types it before the command. */
  readonly prefix: string;
  readonly flags: readonly string[];
}

/** The mpirun of an environment: its mpi4py finds that library. */
export function mpirunOf(python: string): string {
  return python.replace(/python$/, "mpirun");
}

/**
 * Stoker from this source tree.
 *
 * @param mpirun Starts several accelerators, as processes of one each; absent:
 *   they are those of one process.
 */
export function stokerTool(
  workFolder: string,
  { mpirun = null }: { readonly mpirun?: string | null } = {},
): Tool {
  const path = Deno.execPath();
  const args = ["run", "-A", STOKER_MAIN];
  return toolOf("stoker", workFolder, {
    path,
    args,
    env: mpirun === null ? {} : AS_ROOT,
    resultsFlag: "--results=",
    accelerated: (count) =>
      mpirun === null
        ? { path, args, prefix: "", flags: [`--accelerators=${count}`] }
        : launched(mpirun, count, [path, ...args]),
  });
}

/**
 * DLIO of an environment.
 *
 * @param python Path of the environment's Python.
 */
export function dlioTool(
  workFolder: string,
  python: string,
  { sourceFolder = null }: DlioToolOptions = {},
): Tool {
  const stand = standInVariables(REPLACED);
  const script = python.replace(/python$/, "dlio_benchmark");
  return toolOf("dlio", workFolder, {
    path: script,
    args: [],
    env: {
      ...stand,
      ...(sourceFolder === null
        ? {}
        : { PYTHONPATH: `${stand["PYTHONPATH"]}:${sourceFolder}` }),
      ...AS_ROOT,
    },
    resultsFlag: "++hydra.run.dir=",
    accelerated: (count) => launched(mpirunOf(python), count, [script]),
  });
}

/** Open MPI wants to be told so. */
const AS_ROOT = {
  OMPI_ALLOW_RUN_AS_ROOT: "1",
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
};

function launched(
  mpirun: string,
  count: number,
  command: readonly string[],
): Accelerated {
  return {
    path: mpirun,
    // More processes than cores, each free to use any of them.
    args: [
      ...["-n", `${count}`, "--oversubscribe", "--bind-to", "none"],
      // A rank that fails leaves the others at a barrier for ever.
      ...["--timeout", "300"],
      ...command,
    ],
    prefix: `mpirun -n ${count} `,
    flags: [],
  };
}

function toolOf(
  name: Tool["name"],
  workFolder: string,
  program: Program,
  accelerated: Accelerated = { ...program, prefix: "", flags: [] },
): Tool {
  const { path, args, prefix, flags } = accelerated;
  const workloadArgs = (settings: readonly string[]) => [
    ...(/^(run$|workload=)/.test(settings[0] ?? "")
      ? settings
      : [`--config-dir=${CONFIG_FOLDER}`, "workload=peer", ...settings]),
    ...flags,
  ];
  return {
    name,
    commandLine(settings) {
      const command = name === "stoker" ? "stoker" : "dlio_benchmark";
      return prefix + [command, ...workloadArgs(settings)].join(" ");
    },
    run(settings, resultsFolder) {
      const startSeconds = childCpuSeconds();
      const { success, stdout, stderr } = new Deno.Command(path, {
        args: [
          ...args,
          ...workloadArgs(settings),
          `${program.resultsFlag}${resultsFolder}`,
        ],
        cwd: workFolder,
        env: program.env,
      }).outputSync();
      const decoder = new TextDecoder();
      return {
        isDone: success,
        cpuSeconds: childCpuSeconds() - startSeconds,
        log: decoder.decode(stdout) + decoder.decode(stderr),
      };
    },
    withAccelerators(count) {
      return toolOf(name, workFolder, program, program.accelerated(count));
    },
  };
}

/**
 * As {@linkcode Tool.run}, for runs that must succeed.
 *
 * @throws {Error} If the run failed, with the end of its log.
 */
export function runToEnd(
  tool: Tool,
  settings: readonly string[],
  resultsFolder: string,
): Ended {
  const ended = tool.run(settings, resultsFolder);
  if (ended.isDone) return ended;
  throw new Error(
    `${tool.commandLine(settings)} failed:\n${ended.log.slice(-2000)}`,
  );
}
