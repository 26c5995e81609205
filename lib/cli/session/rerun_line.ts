/**
 * The command line that repeats a run, from what its results folder keeps:
 * the words of its own line, then every setting that these words would give
 * another value today, because the workload file, the environment or the host
 * has changed.
 *
 * Where results go is not repeated, nor is a secret: it is in no file, and has
 * to be in the environment again.
 */
import { isOverride } from "../../config/overrides.ts";
import { settingOrigins } from "../../config/render.ts";
import { MASK } from "../../config/secret_words.ts";
import { ConfigError } from "../../errors.ts";
import type {
  ResultContext,
  SettingOrigin,
} from "../../results/result_context.ts";
import type { Context } from "../line/command.ts";
import { type CommandLine, parseCommandLine } from "../line/command_line.ts";
import { loadWorkload } from "../line/workload_settings.ts";

/** Says where results go, which is never the same place twice. */
const PLACE_KEYS: ReadonlySet<string> = new Set(["output.folder"]);
/** Words of settings that do. */
const PLACE_WORD_REGEXP =
  /^(\+\+?)?(hydra\.run\.dir|(workload\.)?output\.folder)=/;

/** What a run is repeated from. */
export interface RepeatedRun {
  readonly context: ResultContext;
  readonly accelerators: number;
}

/** A run repeated. */
export interface RerunLine {
  /** The command line after the program's name. */
  readonly args: readonly string[];
  /** What could not be taken from the folder, one clause each. */
  readonly notes: readonly string[];
}

/**
 * Makes the line.
 *
 * @param run What is known of the run.
 * @param resultsFolder Where the new results go; the root of the tree for a
 *   run in MLPerf Storage's layout.
 * @param context The environment of today.
 * @throws {ConfigError} With every setting that cannot be what it was.
 */
export async function rerunLine(
  run: RepeatedRun,
  resultsFolder: string,
  context: Context,
): Promise<RerunLine> {
  const { settings, commandLine } = run.context;
  const kept = keptWords(commandLine);
  const secret = commandLine.filter((word) => word.includes(MASK));
  const base = [
    ...kept,
    ...(parseCommandLine(kept).flags.accelerators === null
      ? ["-n", String(run.accelerators)]
      : []),
    "--results",
    resultsFolder,
  ];
  const now = await resolvedSettings(parseCommandLine(base), context);
  const changed = differences(settings, now);
  const args = [
    ...base,
    ...changed.map(({ key, saved }) => `${key}=${valueText(saved)}`),
  ];
  const left = changed.length === 0 ? [] : differences(
    settings,
    await resolvedSettings(parseCommandLine(args), context),
  );
  const problems = [
    ...missingSecrets(settings, now),
    ...left.map(({ key, saved, now }) =>
      `Cannot repeat the run as ${key} must be ${valueText(saved)} again: ` +
      `it would be ${valueText(now)}`
    ),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    args,
    notes: [
      ...secret.map((word) =>
        `${word} was given on the command line; it is taken from the ` +
        "environment now"
      ),
      ...changed.map(({ key, saved, now }) =>
        `${key} is set to ${valueText(saved)}, as it was: it would be ` +
        `${valueText(now)} today`
      ),
    ],
  };
}

/** All but what says where results go, and secrets. */
function keptWords(commandLine: readonly string[]): string[] {
  const isTree = parseCommandLine(commandLine).flags["results-layout"] ===
    "mlperf";
  const kept: string[] = [];
  for (let i = 0; i < commandLine.length; i++) {
    const word = commandLine[i]!;
    if (word === "--results" || word === "--dry-run") {
      if (word === "--results") i++;
    } else if (
      !word.startsWith("--results=") && !word.includes(MASK) &&
      (isTree || !PLACE_WORD_REGEXP.test(word))
    ) kept.push(word);
  }
  return kept;
}

async function resolvedSettings(
  line: CommandLine,
  context: Context,
): Promise<ReadonlyMap<string, unknown>> {
  const requested = await loadWorkload(line, context, { findsFiles: true });
  return new Map(
    settingOrigins(requested).map(({ key, value }) => [key, value]),
  );
}

interface Difference {
  readonly key: string;
  readonly saved: unknown;
  readonly now: unknown;
}

function differences(
  saved: Readonly<Record<string, SettingOrigin>>,
  now: ReadonlyMap<string, unknown>,
): Difference[] {
  return Object.entries(saved).flatMap(([key, { value }]) => {
    const today = now.get(key);
    const isSame = JSON.stringify(value) === JSON.stringify(today);
    // What is counted in the dataset is counted again.
    const isCounted = today === "all" || today === "auto";
    return isSame || isCounted || PLACE_KEYS.has(key) || isMasked(value)
      ? []
      : [{ key, saved: value, now: today }];
  });
}

function missingSecrets(
  saved: Readonly<Record<string, SettingOrigin>>,
  now: ReadonlyMap<string, unknown>,
): string[] {
  return Object.entries(saved)
    .filter(([key, { value }]) => isMasked(value) && !isMasked(now.get(key)))
    .map(([key, { origin }]) =>
      `Cannot repeat the run as ${key} must be there again (${origin}): it ` +
      "is a secret, which no results folder keeps; set it in the environment"
    );
}

function isMasked(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(MASK);
}

/** A value in Hydra's grammar, which reads JSON's texts and lists. */
function valueText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value ?? null);
  const isPlain = /^[\w./-]+$/.test(value) &&
    !/^(true|false|null|none|[\d.+-].*)$/i.test(value);
  return isPlain && isOverride(`a=${value}`) ? value : quoted(value);
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
