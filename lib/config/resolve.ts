/**
 * From sources to the frozen workload, or to all that is wrong at once.
 *
 *    sources → gathered values → each row of the schema → dependent values
 *            → what cannot be honored, rules between settings → Workload
 *
 * A wrong setting counts as its default from there on. Findings that involve
 * it are dropped, because they would only be consequences.
 */
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { crossCheck } from "./cross_checks.ts";
import {
  autoReadEngine,
  autoReadThreads,
  autoWriteThreads,
  foundCounts,
  readThreadsReason,
  recordBytes,
  type ThreadSizing,
  writeThreadsReason,
} from "./dependent_values.ts";
import { didYouMean } from "../bytes/did_you_mean.ts";
import { DISTRIBUTION_KEYS, STDEV_SUFFIX, withStdev } from "./distribution.ts";
import { MAX_AUTO_THREADS_NAME, parseDotenv } from "./environment_source.ts";
import { STORAGE_KINDS } from "../storage/kinds.ts";
import type { StorageKind } from "../storage/storage.ts";
import { type Findings, gatherValues, type WorkloadSources } from "./gather.ts";
import { givenParameters } from "./given_parameters.ts";
import {
  isPlainMap,
  type LayeredValues,
  removeNested,
  setNested,
} from "./layered_values.ts";
import {
  optionKind,
  OPTIONS_KEY,
  optionsOfKind,
  spelledOption,
} from "./option_settings.ts";
import { formatOrigin, type Origin } from "./origins.ts";
import { maskSecrets } from "./secrets.ts";
import { NO_EFFECT } from "./setting.ts";
import { SETTING_ROWS, type SettingRow } from "./setting_rows.ts";
import {
  findInert,
  type Finding,
  findUnhonored,
  valueAt,
} from "./unhonored.ts";
import { judgedParts, type Purpose } from "./judged_parts.ts";
import { sharedThreads } from "./thread_sharing.ts";
import {
  autoTransferThreads,
  TRANSFER_THREADS_KEY,
} from "./transfer_threads.ts";
import { settleWorkflow } from "./workflow_meaning.ts";
import type { Workload } from "./workload.ts";

/** `dataset.format` beside a `dataset.format_module`: any name. */
const FORMAT_NAME = z.string({ error: "it must be a text" });

/** What a workload depends on beside its sources. */
export interface ResolveContext {
  readonly cpuCount: number;
  /**
   * Accelerators of all hosts.
   * @default {null} Not known: rules that need the number are not checked.
   */
  readonly accelerators?: number | null;
  /** @default {accelerators} */
  readonly acceleratorsOnHost?: number | null;
  /**
   * True: unknown keys are warnings.
   * @default {false}
   */
  readonly allowUnknown?: boolean;
  /**
   * Decides which rules between settings hold.
   * @default {"run"}
   */
  readonly purpose?: Purpose;
  /**
   * True: a run that generates nothing takes all files that are there where
   * no number is given.
   * @default {false} The number is DLIO's default.
   */
  readonly findsFiles?: boolean;
}

/** A workload with the story of its values. */
export interface ResolvedWorkload {
  readonly workload: Workload;
  /** By dotted key; also below maps such as `storage.storage_options`. */
  readonly origins: ReadonlyMap<string, Origin>;
  readonly warnings: readonly string[];
  /**
   * What file and command line said, under their own names; holds secrets.
   * See `given_parameters.ts`.
   */
  readonly given: Readonly<Record<string, unknown>>;
}

/** What is carried through the steps. */
interface Draft {
  readonly values: LayeredValues;
  readonly origins: Map<string, Origin>;
  readonly tree: Record<string, unknown>;
  /** Keys whose value was wrong. */
  readonly failedKeys: Set<string>;
  readonly findings: Findings;
  readonly context: ResolveContext;
}

/**
 * Resolves a workload.
 *
 * @throws {ConfigError} With every problem of every source.
 *
 * @example
 * ```ts
 * import { resolveWorkload } from "./resolve.ts";
 * const { workload } = resolveWorkload(
 *   { yaml: { path: "x.yaml", text: "train: {epochs: 3}" } },
 *   { cpuCount: 8 },
 * );
 * workload.train.epochs; // 3
 * ```
 */
export function resolveWorkload(
  sources: WorkloadSources,
  context: ResolveContext,
): ResolvedWorkload {
  const findings: Findings = { problems: [], warnings: [] };
  const values = gatherValues(sources, findings, context);
  const draft: Draft = {
    values,
    origins: new Map(),
    tree: {},
    failedKeys: new Set(),
    findings,
    context,
  };
  foldStdevKeys(values);
  for (const row of SETTING_ROWS.values()) readRow(draft, row);
  settleWorkflow(draft.tree as Workload, draft.origins, findings.warnings);
  readStorageOptions(draft);
  fillDependents(draft, threadSizing(sources, context, findings));
  const workload = draft.tree as Workload;
  check(draft, workload);
  if (findings.problems.length > 0) throw new ConfigError(findings.problems);
  return {
    workload: deepFreeze(workload),
    origins: draft.origins,
    warnings: findings.warnings,
    given: givenParameters(sources),
  };
}

function foldStdevKeys(values: LayeredValues): void {
  for (const key of DISTRIBUTION_KEYS) {
    const stdevKey = `${key}${STDEV_SUFFIX}`;
    const stdev = values.value(stdevKey);
    if (stdev === undefined) continue;
    const stdevOrigin = values.origin(stdevKey);
    const origin = values.has(key) ? values.origin(key) : stdevOrigin;
    const whole = withStdev(values.value(key), stdev);
    values.remove(stdevKey);
    values.remove(key);
    values.assign(
      key,
      whole,
      (path) => path.endsWith(".stdev") ? stdevOrigin : origin,
    );
  }
}

function readRow(draft: Draft, row: SettingRow): void {
  const { values, origins, tree } = draft;
  const { key } = row;
  const given = values.value(key);
  if (given === undefined) {
    origins.set(key, { kind: "default" });
    setNested(tree, key, structuredClone(row.fallback));
    return;
  }
  const origin = values.origin(key);
  origins.set(key, origin);
  for (const [rest, entry] of values.below(key)) {
    origins.set(`${key}.${rest}`, entry.origin);
  }
  takeValue(draft, row, { given, origin });
}

/** Takes a value if it is right, else the default, with what is wrong. */
function takeValue(
  draft: Draft,
  row: SettingRow,
  { given, origin }: { readonly given: unknown; readonly origin: Origin },
): void {
  const { tree } = draft;
  const { key } = row;
  const result = parseRow(row, given, draft);
  if (result.success) {
    setNested(tree, key, result.data);
    return;
  }
  setNested(tree, key, structuredClone(row.fallback));
  draft.failedKeys.add(key);
  const problems = result.error.issues.map((issue) =>
    problemOf(issue, { key, given, origin })
  );
  // Several checks of one rule may fail for one value.
  draft.findings.problems.push(...new Set(problems));
}

/** Reads each option by the row of the kind of storage that is in force. */
function readStorageOptions(draft: Draft): void {
  const { values, tree, failedKeys } = draft;
  if (failedKeys.has("storage.storage_type") || failedKeys.has(OPTIONS_KEY)) {
    return;
  }
  const { storage, checkpoint } = tree as Workload;
  const given = storage.storage_options;
  const kind = optionKind(storage.storage_type, checkpoint.checkpoint_folder);
  if (given === null || kind === undefined) return;
  const settings = optionsOfKind(kind);
  for (const name of Object.keys(given)) {
    const setting = settings.get(name);
    const key = `${OPTIONS_KEY}.${name}`;
    if (setting === undefined) {
      reportUnknownOption(draft, key, kind);
      continue;
    }
    const value = spelledOption(setting.option, given[name]);
    if (value === null) {
      setNested(tree, key, null);
      continue;
    }
    const origin = values.origin(key);
    draft.origins.set(key, origin);
    takeValue(draft, setting, { given: value, origin });
    // What is said of all options would be said twice.
    if (failedKeys.has(key)) failedKeys.add(OPTIONS_KEY);
    else if (setting.help.startsWith(NO_EFFECT)) {
      draft.findings.warnings.push(
        `${describe(draft, key)} has no effect` +
          setting.help.slice(NO_EFFECT.length),
      );
    }
  }
}

function reportUnknownOption(
  draft: Draft,
  key: string,
  { name, options }: StorageKind,
): void {
  const { problems, warnings } = draft.findings;
  const names = Object.keys(options);
  const subject = describe(draft, key);
  if (names.length === 0) {
    // Options of another kind may wait for their turn.
    warnings.push(
      `${subject} has no effect: storage.storage_type = ${name} has no options`,
    );
  } else if (draft.context.allowUnknown === true) {
    removeNested(draft.tree, key);
    draft.origins.delete(key);
    warnings.push(`${subject} is ignored: there is no such option of ${name}`);
  } else {
    problems.push(
      `Cannot use ${subject} with storage.storage_type = ${name}: there is ` +
        `no such option of ${name}` +
        didYouMean(key.slice(OPTIONS_KEY.length + 1), names),
    );
  }
}

/** As `safeParse`; unknown keys inside are left out where that is allowed. */
function parseRow(row: SettingRow, given: unknown, draft: Draft) {
  const schema = schemaOf(row, draft);
  const result = schema.safeParse(given);
  if (result.success || draft.context.allowUnknown !== true) return result;
  const known = structuredClone(given);
  for (const issue of result.error.issues) {
    if (issue.code !== "unrecognized_keys") continue;
    let node = known;
    for (const step of issue.path) {
      node = (node as Record<PropertyKey, unknown>)[step];
    }
    for (const name of issue.keys) {
      delete (node as Record<string, unknown>)[name];
      const path = [row.key, ...issue.path, name].join(".");
      draft.findings.warnings.push(
        `${path} is ignored: there is no such setting`,
      );
    }
  }
  return schema.safeParse(known);
}

/** A format module has a name of its own, which no choice could know. */
function schemaOf(row: SettingRow, { values }: Draft): z.ZodType {
  const isOwnName = row.key === "dataset.format" &&
    typeof values.value("dataset.format_module") === "string";
  return isOwnName ? FORMAT_NAME : row.schema;
}

function problemOf(
  issue: z.core.$ZodIssue,
  { key, given, origin }: {
    readonly key: string;
    readonly given: unknown;
    readonly origin: Origin;
  },
): string {
  let path = key;
  let value = given;
  for (const step of issue.path) {
    path += typeof step === "number" ? `[${step}]` : `.${String(step)}`;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[step];
  }
  if (issue.code === "unrecognized_keys") {
    return `Cannot use ${path} (from ${formatOrigin(origin)}): there is no ` +
      issue.keys.join(" and no ");
  }
  const hint = issue.code === "invalid_value"
    ? didYouMean(String(value), issue.values.map(String))
    : "";
  return `Cannot use ${path} = ${shown(value, path)} ` +
    `(from ${formatOrigin(origin)}): ${issue.message}${hint}`;
}

function threadSizing(
  { environment = {}, dotenv = "" }: WorkloadSources,
  context: ResolveContext,
  { problems }: Findings,
): ThreadSizing {
  const text = environment[MAX_AUTO_THREADS_NAME] ??
    parseDotenv(dotenv)[MAX_AUTO_THREADS_NAME];
  const maxThreads = text === undefined || text === "" ? null : Number(text);
  if (
    maxThreads !== null && !(Number.isInteger(maxThreads) && maxThreads > 0)
  ) {
    problems.push(
      `Cannot use ${MAX_AUTO_THREADS_NAME} = ${JSON.stringify(text)} ` +
        "(from the environment): it must be an integer >= 1",
    );
  }
  return {
    cpuCount: context.cpuCount,
    acceleratorsOnHost: context.acceleratorsOnHost ?? context.accelerators ?? 1,
    maxThreads,
  };
}

/** Sets what no source gave and what follows from other settings. */
function fillDependents(draft: Draft, sizing: ThreadSizing): void {
  const { framework, storage, dataset } = draft.tree as Workload;
  const auto: Origin = { kind: "auto" };
  const fill = (key: string, value: unknown, origin: Origin): void => {
    if (draft.values.has(key) && !draft.failedKeys.has(key)) return;
    setNested(draft.tree, key, value);
    draft.origins.set(key, origin);
  };
  fill("reader.read_threads", autoReadThreads(sizing), {
    ...auto,
    reason: readThreadsReason(sizing),
  });
  const writesWait = STORAGE_KINDS[storage.storage_type]?.writesWait === true;
  fill("reader.write_threads", autoWriteThreads(sizing, writesWait), {
    ...auto,
    reason: writeThreadsReason(sizing, writesWait),
  });
  fill("reader.io_engine", autoReadEngine(draft.tree as Workload), auto);
  fill("reader.data_loader", framework, { kind: "derived", key: "framework" });
  if (draft.context.findsFiles === true) {
    for (const [key, word] of foundCounts(draft.tree as Workload)) {
      fill(key, word, auto);
    }
  }
  if (dataset.record_dims.length > 0) replaceRecordLength(draft, dataset);
  for (const [key, value] of sharedThreads(draft.tree as Workload, sizing)) {
    fill(key, value, auto);
  }
  const transfers = autoTransferThreads(draft.tree as Workload, sizing);
  if (transfers !== null) {
    const { threads, reason } = transfers;
    setNested(draft.tree, TRANSFER_THREADS_KEY, threads);
    draft.origins.set(TRANSFER_THREADS_KEY, { ...auto, reason });
  }
  shareStorageLibrary(draft, storage);
}

function replaceRecordLength(
  draft: Draft,
  { record_dims, record_element_type, record_length_bytes }:
    Workload["dataset"],
): void {
  const key = "dataset.record_length_bytes";
  const bytes = recordBytes(record_dims, record_element_type);
  if (draft.values.has(key) && record_length_bytes !== bytes) {
    draft.findings.warnings.push(
      `${describe(draft, key)} is replaced by ${bytes}: dataset.record_dims ` +
        "fixes the size of a sample",
    );
  }
  setNested(draft.tree, key, bytes);
  draft.origins.set(key, { kind: "derived", key: "dataset.record_dims" });
}

/** `storage_library` can be set in two places; it wins over the option. */
function shareStorageLibrary(
  draft: Draft,
  { storage_library, storage_options }: Workload["storage"],
): void {
  const key = "storage.storage_library";
  const optionKey = "storage.storage_options.storage_library";
  const option = storage_options?.storage_library;
  if (storage_library !== null) {
    const options = { ...storage_options, storage_library };
    setNested(draft.tree, "storage.storage_options", options);
    draft.origins.set(optionKey, draft.origins.get(key)!);
  } else if (typeof option === "string") {
    setNested(draft.tree, key, option);
    draft.origins.set(key, draft.origins.get(optionKey)!);
  }
}

function check(draft: Draft, workload: Workload): void {
  const { findings, failedKeys, context } = draft;
  const isOwnFault = ({ keys }: Finding): boolean =>
    !keys.some((key) => failedKeys.has(key));
  const explain = ({ keys, rule }: Finding): string =>
    `Cannot use ${keys.map((key) => describe(draft, key)).join(" with ")}: ` +
    rule;
  const accelerators = context.accelerators ?? null;
  const { purpose = "run" } = context;
  const judged = judgedParts(workload, purpose);
  const broken = [
    ...findUnhonored(workload, judged),
    ...crossCheck(workload, { accelerators, judged }),
  ].filter(isOwnFault).map(explain);
  if (purpose === "show") {
    findings.warnings.push(...broken.map((text) => `A run would end: ${text}`));
  } else findings.problems.push(...broken);
  for (const { keys, rule } of findInert(workload).filter(isOwnFault)) {
    const subject = keys.map((key) => describe(draft, key)).join(", ");
    findings.warnings.push(`${subject} has no effect${rule}`);
  }
  if (workload.reader.data_loader === "dali") {
    findings.warnings.push(
      `${describe(draft, "reader.data_loader")} reads as pytorch does: ` +
        "DALI's pipeline is not emulated",
    );
  }
}

/** "key = value (from origin)". */
function describe(draft: Draft, key: string): string {
  const origin = draft.origins.get(key) ?? { kind: "default" };
  const value = shown(valueAt(draft.tree as Workload, key), key);
  return origin.kind === "default"
    ? `${key} = ${value} (default)`
    : `${key} = ${value} (from ${formatOrigin(origin)})`;
}

/** Longest value that a message repeats. */
const SHOWN_CHARACTERS = 80;

function shown(value: unknown, path: string): string {
  // JSON has no word for them.
  if (typeof value === "number" && !Number.isFinite(value)) return `${value}`;
  const text = JSON.stringify(maskSecrets(value, path)) ?? "nothing";
  return text.length <= SHOWN_CHARACTERS
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function deepFreeze<T>(value: T): T {
  if (Array.isArray(value) || isPlainMap(value)) {
    for (const each of Object.values(value)) deepFreeze(each);
    Object.freeze(value);
  }
  return value;
}
