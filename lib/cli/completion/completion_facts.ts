/**
 * What a shell may complete: commands, their flags and words, workloads,
 * topics, keys of settings; all from the registries and the schema.
 */
import { ALL_OPTIONS } from "../../config/option_settings.ts";
import { SETTING_ROWS } from "../../config/setting_rows.ts";
import type { Command, CommandLoader } from "../line/command.ts";
import { type FlagName, FLAGS, UNIVERSAL_FLAGS } from "../line/flags.ts";
import { idleFlags } from "../line/help_text.ts";
import { listTopics } from "../line/help_topics.ts";
import { listBuiltInWorkloads } from "../line/workload_files.ts";

/** What follows a flag. */
export type ValueKind = "nothing" | "folder" | "file" | "text";

/** A flag of a command. */
export interface CompletedFlag {
  /** Without dashes. */
  readonly name: string;
  /** A single letter; "" if there is none. */
  readonly short: string;
  readonly value: ValueKind;
  readonly summary: string;
}

/** A command. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Words that may follow it, such as names of workloads. */
  readonly words: readonly string[];
  /** Whether a path may. */
  readonly paths: "none" | "files" | "folders";
  readonly takesSettings: boolean;
}

/** Everything that is completed. */
export interface CompletionFacts {
  readonly commands: readonly CompletedCommand[];
  readonly settings: readonly { readonly key: string; readonly help: string }[];
}

/**
 * Gathers it.
 *
 * @param commands All commands by name.
 */
export async function completionFacts(
  commands: Readonly<Record<string, CommandLoader>>,
): Promise<CompletionFacts> {
  const workloads = await listBuiltInWorkloads();
  const helped = [...Object.keys(commands), ...await listTopics()];
  const completed: CompletedCommand[] = [];
  for (const [name, load] of Object.entries(commands)) {
    const { command } = await load();
    const { completes = [] } = command;
    const words = completes === "workloads"
      ? workloads
      : completes === "topics"
      ? helped
      : completes === "folders"
      ? []
      : completes;
    completed.push({
      name,
      summary: command.summary,
      flags: flagsOf(command),
      words,
      paths: pathsOf(command),
      takesSettings: command.takesOverrides,
    });
  }
  const settings = [
    ...SETTING_ROWS.values(),
    ...ALL_OPTIONS.map(({ setting }) => setting),
  ].map(({ key, help }) => ({ key, help }));
  return { commands: completed, settings };
}

function flagsOf(command: Command): CompletedFlag[] {
  const names = new Set<FlagName>([
    ...command.flags,
    ...idleFlags(command),
    ...UNIVERSAL_FLAGS,
  ]);
  return [...names].map((name) => {
    const { short, value, summary } = FLAGS[name];
    return { name, short, value: valueKind(value), summary };
  });
}

/** By what stands for the value in help. */
function valueKind(value: string): ValueKind {
  switch (value) {
    case "":
      return "nothing";
    case "DIR":
      return "folder";
    case "FILE":
      return "file";
    default:
      return "text";
  }
}

function pathsOf({ completes, maxWords }: Command): CompletedCommand["paths"] {
  if (maxWords === 0 || completes === "topics") return "none";
  if (completes === "workloads") return "files";
  // An action such as `show` is followed by a folder.
  return completes === "folders" || maxWords > 1 ? "folders" : "none";
}
