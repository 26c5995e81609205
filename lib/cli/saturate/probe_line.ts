/**
 * The command line of a probe: what `stoker run` would be given for the same
 * measurement. Each probe is exactly that run, and its results keep the line.
 */
import type { SteadySteps } from "../../saturate/steady_steps.ts";
import type { SearchQuantity } from "../../saturate/search_quantity.ts";
import { type CommandLine, parseCommandLine } from "../line/command_line.ts";
import { type FlagName, FLAGS } from "../line/flags.ts";
import { DEFAULT_WORKLOAD } from "../line/workload_settings.ts";

/** Flags of the search that say the same of each of its runs. */
const KEPT_FLAGS = [
  "data",
  "odirect",
  "drop-caches",
  "insecure",
  "stall-timeout",
  "label",
  "config-dir",
  "allow-unknown",
] as const satisfies readonly FlagName[];

/** What a probe measures. */
export interface ProbeSettings {
  readonly quantity: SearchQuantity;
  readonly value: number;
  /** Of a search over a setting. */
  readonly accelerators: number;
  /** Whether files are to be dropped from the page cache before it. */
  readonly dropsCaches: boolean;
  /** Absent: as many steps as an epoch has. */
  readonly steady?: SteadySteps;
}

/** A command line, and its words. */
export interface ProbeLine {
  readonly args: readonly string[];
  readonly line: CommandLine;
}

/**
 * Makes the line of a probe.
 *
 * @param line The line of the search.
 * @param probe What is measured.
 */
export function probeLine(line: CommandLine, probe: ProbeSettings): ProbeLine {
  const { quantity, value, steady } = probe;
  const { setting } = quantity;
  const args = [
    "run",
    line.workload ?? DEFAULT_WORKLOAD,
    `--accelerators=${setting === null ? value : probe.accelerators}`,
    ...KEPT_FLAGS.flatMap((name) => flagWord(line, name)),
    ...(probe.dropsCaches ? ["--drop-caches=before-epoch"] : []),
    ...line.overrides.map(({ text }) => text).filter((text) =>
      !text.startsWith("--")
    ),
    "workflow.generate_data=false",
    "workflow.evaluation=false",
    "workflow.checkpoint=false",
    "dataset.keep_files=true",
    "train.epochs=1",
    ...(setting === null ? [] : [`${setting}=${value}`]),
    ...(steady === undefined ? [] : [
      `train.total_training_steps=${steady.steps}`,
      `output.metric.exclude_start_steps=${steady.excludeStartSteps}`,
      `output.metric.exclude_end_steps=${steady.excludeEndSteps}`,
    ]),
  ];
  return { args, line: parseCommandLine(args) };
}

function flagWord(
  { flags }: CommandLine,
  name: (typeof KEPT_FLAGS)[number],
): string[] {
  const value = flags[name];
  if (value === null || value === false) return [];
  return FLAGS[name].kind === "switch" ? [`--${name}`] : [`--${name}=${value}`];
}
