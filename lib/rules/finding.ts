/**
 * What a check found, and the verdict that follows from it.
 *
 *    invalid    the result cannot be submitted in any division
 *    open       it cannot be CLOSED, but may be OPEN
 *    warning    the rules only warn, or their sources contradict each other
 *    unchecked  what the rule reads is not there, so nobody can tell
 *    note       worth knowing; breaks no rule
 *
 * A verdict follows from invalid and open alone. What could not be checked is
 * counted beside it, so that "closed" is never more than what was looked at.
 */

/** How much a finding weighs. */
export type Severity = "invalid" | "open" | "warning" | "unchecked" | "note";

/** What a result may be submitted as. */
export type Verdict = "closed" | "open" | "invalid";

/** The division below whose folder a result stands. */
export type Division = "closed" | "open";

/** One finding of one rule in one place. */
export interface Finding {
  /** As the rules number it, or Stoker's own: "3.1.2", "STOKER-CACHES". */
  readonly ruleId: string;
  /** The rule in a few words. */
  readonly title: string;
  /** The edition of the rules: "3.0". */
  readonly edition: string;
  readonly severity: Severity;
  /** Path from what was validated; "." is that itself. */
  readonly where: string;
  /** What is there; null: nothing. */
  readonly have: string | null;
  readonly need: string;
  /** What is missing between both, with its unit; null where no number is. */
  readonly deficit: string | null;
  /** Why the rule exists. */
  readonly why: string;
  /** What to do. */
  readonly mend: string;
  /** What its sources say differently, and how it was decided; null: nothing. */
  readonly dispute: string | null;
}

/** Word and sign of each severity, the worst first. */
export const SEVERITIES: Readonly<
  Record<Severity, { readonly word: string; readonly glyph: string }>
> = {
  invalid: { word: "INVALID", glyph: "✖" },
  open: { word: "OPEN", glyph: "◐" },
  warning: { word: "WARNING", glyph: "▲" },
  unchecked: { word: "UNCHECKED", glyph: "?" },
  note: { word: "NOTE", glyph: "·" },
};

/** Severities from the worst to the least. */
export const SEVERITY_ORDER = Object.keys(SEVERITIES) as readonly Severity[];

/** Word and sign of each verdict. */
export const VERDICTS: Readonly<
  Record<Verdict, { readonly word: string; readonly glyph: string }>
> = {
  closed: { word: "CLOSED", glyph: "✔" },
  open: { word: "OPEN", glyph: "◐" },
  invalid: { word: "INVALID", glyph: "✖" },
};

/**
 * What a result may be submitted as.
 *
 * @param findings All of it.
 * @param division Where it stands; in `open/` nothing is ever CLOSED.
 */
export function verdictOf(
  findings: readonly Finding[],
  division: Division | null = null,
): Verdict {
  if (findings.some(({ severity }) => severity === "invalid")) return "invalid";
  return division === "open" ||
      findings.some(({ severity }) => severity === "open")
    ? "open"
    : "closed";
}
