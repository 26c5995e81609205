/**
 * The Rule seam: a rule is data and one pure function over facts.
 *
 * Facts are plain values, read from files (`lib/rules/tree/`) or taken from
 * settings before a run. Where a fact is null the rule says that it could not
 * be checked; it never passes for want of something to look at.
 *
 * Adding a rule: one file in `lib/rules/<family>/` that exports a `rule`, one
 * line in the table of its edition (`lib/rules/editions/`), and a row in
 * `tests/rules/doctored_test.ts`.
 */
import type { Division, Finding, Severity } from "./finding.ts";
import type { EditionLimits } from "./limits.ts";
import type { Place } from "./place.ts";

/** What a rule found; it becomes a {@linkcode Finding}. */
export interface Problem {
  /** Null: nothing is there. */
  readonly have: string | null;
  readonly need: string;
  readonly deficit?: string;
  /** @default {the place of the facts} */
  readonly where?: string;
  /** @default {the rule's} */
  readonly severity?: Severity;
  /** @default {the rule's} */
  readonly mend?: string;
}

/** One rule of one edition. */
export interface Rule<Facts> {
  /** As the rules number it; Stoker's own begin with "STOKER-". */
  readonly id: string;
  /** In a few words of our own. */
  readonly title: string;
  /** What breaking it means. */
  readonly severity: Severity;
  /** Files and keys that it reads. */
  readonly reads: string;
  /** Whether settings alone decide it, before anything is run. */
  readonly isKnownBefore: boolean;
  readonly why: string;
  readonly mend: string;
  /** What its sources say differently, and how Stoker decides. */
  readonly dispute?: string;
  /** @returns A problem for each way in which the facts break the rule. */
  check(facts: Facts, limits: EditionLimits): Iterable<Problem>;
}

/**
 * The problem that a fact is not known.
 *
 * @param what The fact: "the number of files".
 * @param source Where it should be: "summary.json: num_files_train".
 */
export function unchecked(what: string, source: string): Problem {
  return {
    severity: "unchecked",
    have: null,
    need: `${what} (${source}) to check this`,
    mend: `Keep ${source} with the result.`,
  };
}

/**
 * Applies rules to facts.
 *
 * What only OPEN allows is invalid below `closed/`, no finding below `open/`,
 * and "open" where no division is declared.
 *
 * @param rules Of one edition, for such facts.
 * @returns Findings in the order of the rules.
 */
export function applyRules<Facts extends Place>(
  rules: readonly Rule<Facts>[],
  facts: Facts,
  edition: { readonly name: string; readonly limits: EditionLimits },
): Finding[] {
  return rules.flatMap((rule) =>
    [...rule.check(facts, edition.limits)].flatMap((problem) => {
      const severity = severityIn(
        facts.division,
        problem.severity ?? rule.severity,
      );
      if (severity === null) return [];
      return [{
        ruleId: rule.id,
        title: rule.title,
        edition: edition.name,
        severity,
        where: problem.where ?? facts.where,
        have: problem.have,
        need: problem.need,
        deficit: problem.deficit ?? null,
        why: rule.why,
        mend: problem.mend ?? rule.mend,
        dispute: rule.dispute ?? null,
      }];
    })
  );
}

function severityIn(
  division: Division | null,
  severity: Severity,
): Severity | null {
  if (severity !== "open") return severity;
  if (division === "open") return null;
  return division === "closed" ? "invalid" : "open";
}
