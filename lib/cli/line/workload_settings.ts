/**
 * A command line and its surroundings → the resolved workload.
 *
 * Flags that set settings become the last overrides, so that they win and are
 * shown as origins.
 */
import {
  type Environment,
  ENVIRONMENT_NAMES,
} from "../../config/environment_source.ts";
import {
  type UsualAccelerators,
  usualAccelerators,
} from "../../checkpoint/usual_accelerators.ts";
import { noticesOf } from "../../engine/plan/storage_facts.ts";
import { aloneOn, type Joined } from "../../cluster/joined.ts";
import { acceleratorsByHost, sharesByHost } from "../../cluster/placement.ts";
import { evenShares } from "../../cluster/ranks.ts";
import { settingOrigins } from "../../config/render.ts";
import type { Purpose } from "../../config/judged_parts.ts";
import type { Override } from "../../config/overrides.ts";
import {
  type ResolvedWorkload,
  resolveWorkload,
} from "../../config/resolve.ts";
import type { Workload } from "../../config/workload.ts";
import {
  checkpointStorage,
  storageSettings,
} from "../../engine/plan/describe_dataset.ts";
import { MAX_SETTINGS_BYTES, readSmallText } from "../../bytes/small_file.ts";
import { ConfigError, StorageError, UsageError } from "../../errors.ts";
import {
  ALL_KINDS,
  type ObjectPlace,
  parseObjectUri,
} from "../../storage/kinds.ts";
import type { Context } from "./command.ts";
import type { CommandLine } from "./command_line.ts";
import { withModuleFormat } from "./module_format.ts";
import { readWorkloadFile } from "./workload_files.ts";

/** What runs when no workload is named. */
export const DEFAULT_WORKLOAD = "quick";
/** Accelerators of {@linkcode DEFAULT_WORKLOAD}: shows a barrier at work. */
const DEFAULT_WORKLOAD_ACCELERATORS = 2;

/** A workload as the command line gives it. */
export interface RequestedWorkload extends ResolvedWorkload {
  /** Name without folder and ending. */
  readonly name: string;
  /** All hosts together. */
  readonly accelerators: number;
  /** Of each process, where they do not share them evenly. */
  readonly shares?: readonly number[];
  /** Why so many, where nobody said and it is no default; else null. */
  readonly acceleratorsReason?: string | null;
}

/** How strictly a workload is resolved. */
export interface LoadOptions {
  /**
   * What for. Only a run has a number of accelerators where nobody gave one;
   * to a dataset it does not matter.
   * @default {"run"}
   */
  readonly purpose?: Purpose;
  /**
   * True: without a number all files that are there are read, where none are
   * generated.
   * @default {false}
   */
  readonly findsFiles?: boolean;
}

/**
 * Finds and resolves the workload of a command line.
 *
 * @throws {ConfigError} With every problem of its settings.
 */
export async function loadWorkload(
  line: CommandLine,
  context: Context,
  { purpose = "run", findsFiles = false }: LoadOptions = {},
): Promise<RequestedWorkload> {
  const { flags } = line;
  const file = await readWorkloadFile(line.workload ?? DEFAULT_WORKLOAD, {
    configDir: flags["config-dir"],
  });
  const dotenv = await readDotenv();
  const joined = context.joined ?? aloneOn(Deno.hostname());
  const shares = sharesGiven(line, joined);
  const resolveFor = (count: number | null) =>
    resolveWorkload({
      yaml: file,
      overrides: [...line.overrides, ...flagOverrides(line)],
      environment: environmentOf(context),
      ...(dotenv === null ? {} : { dotenv }),
    }, {
      cpuCount: navigator.hardwareConcurrency,
      accelerators: count,
      acceleratorsOnHost: count === null
        ? null
        : mostOnHost(joined, shares, count),
      allowUnknown: flags["allow-unknown"],
      purpose,
      findsFiles,
    });
  const usual = flags.accelerators === null && shares === null
    ? usualOfCheckpoints(() => resolveFor(null))
    : null;
  const accelerators = shares === null
    ? flags.accelerators ?? usual?.accelerators ??
      defaultAccelerators(file, joined)
    : sumOf(shares);
  const resolved = await withModuleFormat(
    resolveFor(judgedAccelerators(purpose, { accelerators, flags })),
  );
  if (context.console.loudness === "verbose") saySettings(resolved, context);
  return {
    ...resolved,
    warnings: [
      ...resolved.warnings,
      ...storageNotices(resolved.workload),
    ],
    name: file.name,
    accelerators,
    ...(shares === null ? {} : { shares }),
    acceleratorsReason: usual?.reason ?? null,
  };
}

function judgedAccelerators(
  purpose: Purpose,
  { accelerators, flags }: Pick<CommandLine, "flags"> & {
    accelerators: number;
  },
): number | null {
  if (purpose === "run") return accelerators;
  return purpose === "dataset" ? null : flags.accelerators;
}

/**
 * Of a run that only checkpoints: a model may need more than one accelerator.
 *
 * @param resolve Resolves the settings without a number.
 */
function usualOfCheckpoints(
  resolve: () => ResolvedWorkload,
): UsualAccelerators | null {
  let workload: Workload;
  try {
    ({ workload } = resolve());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // All that is wrong is said when they are resolved with a number.
    return null;
  }
  const { generate_data, train, evaluation, checkpoint } = workload.workflow;
  return checkpoint && !generate_data && !train && !evaluation
    ? usualAccelerators(workload)
    : null;
}

/** Once, where data and checkpoints give the same text. */
function storageNotices(workload: Workload): Set<string> {
  return new Set([
    ...noticesOf(storageSettings(workload)),
    ...(workload.workflow.checkpoint
      ? noticesOf(checkpointStorage(workload))
      : []),
  ]);
}

/** What differs from the defaults, and why. */
function saySettings(resolved: ResolvedWorkload, { console }: Context): void {
  for (const { key, value, origin } of settingOrigins(resolved)) {
    if (origin === "default") continue;
    console.detail(`${key} = ${JSON.stringify(value)} (${origin})`);
  }
}

/** Says every warning of a workload. */
export function sayWarnings(
  { warnings }: Pick<ResolvedWorkload, "warnings">,
  { console }: Context,
): void {
  for (const warning of warnings) console.warn(warning);
}

/** One for each process, as in DLIO, where a launcher started several. */
function defaultAccelerators(
  { name, isBuiltIn }: { readonly name: string; readonly isBuiltIn: boolean },
  { link: { cluster } }: Joined,
): number {
  if (cluster.size > 1) return cluster.size;
  return isBuiltIn && name === DEFAULT_WORKLOAD
    ? DEFAULT_WORKLOAD_ACCELERATORS
    : 1;
}

/**
 * Accelerators of each process by `--accelerators-per-host`; null: not given.
 *
 * @throws {UsageError} If it is no list of numbers, or `-n` says another.
 * @throws {ConfigError} If it does not go with the hosts.
 */
function sharesGiven(
  { flags }: CommandLine,
  { placement }: Joined,
): number[] | null {
  const text = flags["accelerators-per-host"];
  if (text === null) return null;
  const counts = text.split(",").map(Number);
  if (!/^\d+(,\d+)*$/.test(text) || counts.some((count) => count < 1)) {
    throw new UsageError(
      `Cannot use --accelerators-per-host ${text}: it must be integers from ` +
        "1, one for each host or one for all: 5,4",
    );
  }
  const shares = sharesByHost(placement, counts);
  const { accelerators } = flags;
  if (accelerators !== null && accelerators !== sumOf(shares)) {
    throw new UsageError(
      `Cannot use --accelerators ${accelerators} with ` +
        `--accelerators-per-host ${text}: these are ${sumOf(shares)}`,
    );
  }
  return shares;
}

/** Accelerators of the host that has most of them. */
function mostOnHost(
  { link: { cluster }, placement }: Joined,
  shares: readonly number[] | null,
  accelerators: number,
): number {
  // Too few for the processes: that is told when they are dealt.
  const dealt = shares ??
    (accelerators < cluster.size ? [] : evenShares(cluster.size, accelerators));
  return Math.max(1, ...acceleratorsByHost(placement, dealt));
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function environmentOf({ env }: Context): Environment {
  return Object.fromEntries(
    ENVIRONMENT_NAMES.map((name) => [name, env(name)]),
  );
}

async function readDotenv(): Promise<string | null> {
  try {
    return await readSmallText(".env", { maxBytes: MAX_SETTINGS_BYTES });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new UsageError(error.message);
  }
}

/**
 * Flags that set settings: `--data`, `--checkpoints`, `--verify`,
 * `--odirect`, `--insecure`, `--drop-caches`, `--accelerators-per-thread`.
 *
 * @throws {UsageError} If they name storages that do not go together.
 */
export function flagOverrides({ flags }: CommandLine): Override[] {
  const overrides: Override[] = [];
  const data = flags.data === null ? null : parsePlace(flags.data);
  if (data !== null) {
    const text = `--data ${flags.data}`;
    const set = (path: string, value: string) =>
      overrides.push({ action: "set", path, value, text });
    if (data.kind !== null) {
      set("storage.storage_type", data.kind.name);
      set("storage.storage_root", data.bucket);
    }
    set("dataset.data_folder", data.key);
  }
  if (flags.checkpoints !== null) {
    const { kind } = parsePlace(flags.checkpoints);
    const scheme = data?.kind?.scheme;
    if (kind === null && scheme !== undefined) {
      throw new UsageError(
        `Cannot use --data ${flags.data} with --checkpoints ` +
          `${flags.checkpoints}: checkpoints of a run whose data is in an ` +
          `object store must be there too, ${scheme}://bucket/prefix`,
      );
    }
    overrides.push({
      action: "set",
      path: "checkpoint.checkpoint_folder",
      value: flags.checkpoints,
      text: `--checkpoints ${flags.checkpoints}`,
    });
  }
  const switches = [
    ["--verify", "checkpoint.verify", flags.verify],
    ["--odirect", "reader.odirect", flags.odirect],
    ["--insecure", "storage.storage_options.insecure", flags.insecure],
  ] as const;
  for (const [text, path, isGiven] of switches) {
    if (isGiven) overrides.push({ action: "set", path, value: true, text });
  }
  const perThread = flags["accelerators-per-thread"];
  if (perThread !== null) {
    overrides.push({
      action: "set",
      path: "reader.accelerators_per_thread",
      value: perThread,
      text: `--accelerators-per-thread ${perThread}`,
    });
  }
  const dropCaches = flags["drop-caches"];
  if (dropCaches !== null) {
    overrides.push({
      action: "set",
      path: "storage.drop_caches",
      value: dropCaches,
      text: `--drop-caches ${dropCaches}`,
    });
  }
  return overrides;
}

/** A folder of the file system. */
interface Folder {
  readonly kind: null;
  readonly key: string;
}

/** A folder, or `scheme://bucket/prefix` of an object store. */
function parsePlace(text: string): ObjectPlace | Folder {
  if (!/^\w+:\/\//.test(text)) return { kind: null, key: text };
  const place = parseObjectUri(text);
  if (place === null || place.bucket === "" || place.key === "") {
    const places = ALL_KINDS.flatMap(({ scheme }) =>
      scheme === undefined ? [] : [`${scheme}://bucket/prefix`]
    );
    throw new UsageError(
      `Cannot use ${text}: it must be a folder or ${places.join(" or ")}`,
    );
  }
  return place;
}
