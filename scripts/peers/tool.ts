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
}

/** What both tools share. */
interface Program {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly resultsFlag: string;
}

/** Stoker from this source tree. */
export function stokerTool(workFolder: string): Tool {
  return toolOf("stoker", workFolder, {
    path: Deno.execPath(),
    args: ["run", "-A", STOKER_MAIN],
    env: {},
    resultsFlag: "--results=",
  });
}

/**
 * DLIO of an environment.
 *
 * @param python Path of the environment's Python.
 */
export function dlioTool(workFolder: string, python: string): Tool {
  return toolOf("dlio", workFolder, {
    path: python.replace(/python$/, "dlio_benchmark"),
    args: [],
    env: {
      ...standInVariables(REPLACED),
      OMPI_ALLOW_RUN_AS_ROOT: "1",
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1",
    },
    resultsFlag: "++hydra.run.dir=",
  });
}

function toolOf(
  name: Tool["name"],
  workFolder: string,
  program: Program,
): Tool {
  const workloadArgs = (settings: readonly string[]) =>
    /^(run$|workload=)/.test(settings[0] ?? "")
      ? settings
      : [`--config-dir=${CONFIG_FOLDER}`, "workload=peer", ...settings];
  return {
    name,
    commandLine(settings) {
      const command = name === "stoker" ? "stoker" : "dlio_benchmark";
      return [command, ...workloadArgs(settings)].join(" ");
    },
    run(settings, resultsFolder) {
      const startSeconds = childCpuSeconds();
      const { success, stdout, stderr } = new Deno.Command(program.path, {
        args: [
          ...program.args,
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
