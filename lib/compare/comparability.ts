/**
 * Whether two runs may be laid beside each other: whether they did the same
 * work, and whether their figures say something of the same thing.
 *
 * The rules are rows. What differs and is no row, such as the storage, the
 * size of the dataset or the number of threads, is what runs are compared for.
 */
import { CACHE_WARNING_FRACTION } from "../metrics/cache_truth.ts";
import { PHASE_KINDS } from "../metrics/phase_kinds.ts";
import { measuredKinds } from "../metrics/summary.ts";
import type { ComparedRun } from "./compared_run.ts";

/** Something that has to be the same, as text. */
interface SameRule {
  /** In a sentence: "the format". */
  readonly what: string;
  /** How a run has it; null: it has none, which is as good as any text. */
  textOf(run: ComparedRun): string | null;
}

const SAME_RULES: readonly SameRule[] = [
  { what: "the model", textOf: ({ context }) => context.modelName },
  {
    what: "the phases that are measured",
    textOf: ({ summary }) =>
      measuredKinds(summary).map(({ kind }) => PHASE_KINDS[kind].verb)
        .join(", "),
  },
  {
    what: "the format",
    textOf: (run) => settingText(run, (key) => key === "dataset.format"),
  },
  {
    what: "the number of accelerators",
    textOf: ({ record }) => String(record.accelerators),
  },
  {
    what: "the batch size",
    textOf: ({ context }) => `${context.batchSize}/${context.batchSizeEval}`,
  },
  {
    what: "the compute time",
    textOf: (run) =>
      settingText(
        run,
        (key) => /^(train\.computation_time|evaluation\.eval_time)\b/.test(key),
      ),
  },
  {
    what: "checkpoint.scale",
    textOf: ({ context }) => String(context.checkpointScale ?? 1),
  },
  {
    what: "the share of a run, and whether all were synchronised",
    textOf: ({ context: { share, merged } }) =>
      share !== undefined
        ? `share ${share.number} of ${share.count}`
        : merged === undefined
        ? "a whole run"
        : "merged shares, not synchronised",
  },
  {
    what: "the comparability class",
    textOf: ({ context }) => context.comparabilityClass ?? "none",
  },
];

/**
 * Why two runs cannot be compared.
 *
 * @param first The one that is compared with.
 * @param second The other one.
 * @returns One clause for each reason; empty if they can be.
 */
export function incomparableReasons(
  first: ComparedRun,
  second: ComparedRun,
): string[] {
  return [
    ...incompleteReasons([first, second]),
    ...SAME_RULES.flatMap((rule) => differenceReason(rule, first, second)),
    ...cacheReasons(first, second),
  ];
}

function incompleteReasons(runs: readonly ComparedRun[]): string[] {
  return runs.filter(({ record }) => !record.complete).map((run) =>
    `${run.folder} must be complete: ${run.record.failure ?? "it is not"}`
  );
}

function differenceReason(
  { what, textOf }: SameRule,
  first: ComparedRun,
  second: ComparedRun,
): string[] {
  const [one, other] = [textOf(first), textOf(second)];
  if (one === other || one === null || other === null) return [];
  return [`${what} must be the same: it is ${one} and ${other}`];
}

/** Kinds of which one run was read from memory and the other was not. */
function cacheReasons(first: ComparedRun, second: ComparedRun): string[] {
  return measuredKinds(first.summary).flatMap(({ kind, cache }) => {
    const other = second.summary.kinds.get(kind)?.cache.hitFraction ?? null;
    const { fromMemory, title } = PHASE_KINDS[kind];
    if (fromMemory === null || cache.hitFraction === null || other === null) {
      return [];
    }
    const hits = [cache.hitFraction, other];
    const areAlike = hits.every((hit) => hit > CACHE_WARNING_FRACTION) ||
      hits.every((hit) => hit <= CACHE_WARNING_FRACTION);
    return areAlike ? [] : [
      `${title} must come from memory in both runs or in none: ` +
      `${percent(hits[0]!)} and ${percent(hits[1]!)} did`,
    ];
  });
}

/** Values of settings, "key=value, …"; null if the run has none of them. */
function settingText(
  { context }: ComparedRun,
  isMeant: (key: string) => boolean,
): string | null {
  const texts = Object.entries(context.settings)
    .filter(([key]) => isMeant(key))
    .map(([key, { value }]) => `${key}=${JSON.stringify(value)}`);
  return texts.length === 0 ? null : texts.join(", ");
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
