/**
 * What became of a validation: a verdict for each result and for the whole.
 */
import type { Edition } from "./edition.ts";
import {
  type Division,
  type Finding,
  type Severity,
  SEVERITY_ORDER,
  type Verdict,
  verdictOf,
} from "./finding.ts";

/** What a result is. */
export type ResultKind = "tree" | "organization" | "system" | "series" | "run";

/** One thing that was judged by itself. */
export interface JudgedResult {
  readonly kind: ResultKind;
  readonly where: string;
  readonly division: Division | null;
  /** "training", "checkpointing", "vector_database", "kv_cache"; null: none. */
  readonly family: string | null;
  readonly model: string | null;
  /** Of its own findings and of those of what it is made of. */
  readonly verdict: Verdict;
  /** Its own. */
  readonly findings: readonly Finding[];
}

/** What was validated. */
export type Shape = "submission tree" | "run" | "series of runs";

/** The whole. */
export interface Validation {
  readonly path: string;
  readonly edition: string;
  readonly shape: Shape;
  readonly verdict: Verdict;
  readonly results: readonly JudgedResult[];
  /** Findings of each severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  /** Rules that the edition has. */
  readonly ruleCount: number;
}

/** A result before its parts are known. */
export type OwnResult = Omit<JudgedResult, "verdict">;

/**
 * Judges results.
 *
 * @param results In the order in which they are shown; parts stand behind the
 *   whole, and their paths begin with its path.
 */
export function judged(
  path: string,
  shape: Shape,
  edition: Edition,
  results: readonly OwnResult[],
): Validation {
  const counts = Object.fromEntries(
    SEVERITY_ORDER.map((severity) => [severity, 0]),
  ) as Record<Severity, number>;
  for (const { findings } of results) {
    for (const { severity } of findings) counts[severity]++;
  }
  const verdicts = withParts(results);
  const all = results.flatMap(({ findings }) => findings);
  const isOpen = verdicts.includes("open");
  const verdict = verdictOf(all);
  return {
    path,
    edition: edition.name,
    shape,
    verdict: verdict === "closed" && isOpen ? "open" : verdict,
    results: results.map((result, i) => ({ ...result, verdict: verdicts[i]! })),
    counts,
    ruleCount: Object.values(edition.rules)
      .reduce((sum, rules) => sum + rules.length, 0),
  };
}

/** The verdict of each with its parts: from the last to the first. */
function withParts(results: readonly OwnResult[]): Verdict[] {
  const own = results.map(({ findings, division }) =>
    verdictOf(findings, division)
  );
  const worst = new Map<string, Verdict>();
  for (let i = results.length - 1; i >= 0; i--) {
    const { where } = results[i]!;
    const verdict = worse(own[i]!, worst.get(where) ?? "closed");
    own[i] = verdict;
    for (const above of ancestors(where)) {
      worst.set(above, worse(verdict, worst.get(above) ?? "closed"));
    }
  }
  return own;
}

function* ancestors(where: string): Generator<string> {
  if (where === ".") return;
  for (let at = where.length; at > 0; at = where.lastIndexOf("/", at - 1)) {
    yield where.slice(0, at);
    if (at === 0) break;
  }
  yield ".";
}

function worse(a: Verdict, b: Verdict): Verdict {
  const order: readonly Verdict[] = ["closed", "open", "invalid"];
  return order[Math.max(order.indexOf(a), order.indexOf(b))]!;
}
