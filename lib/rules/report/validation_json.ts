/**
 * A validation as plain data, with the names of JSON.
 *
 *    edition, path, shape, verdict, exit_code
 *    counts         findings of each severity
 *    rules          how many rules the edition has
 *    results[]      kind, where, division, family, model, verdict, findings[]
 *    findings[]     rule, title, edition, severity, glyph, where, have, need,
 *                   deficit, why, mend, dispute
 */
import { EXIT_BELOW_GOAL, EXIT_DONE } from "../../errors.ts";
import { type Finding, SEVERITIES } from "../finding.ts";
import type { Validation } from "../validation.ts";

/** The content of `stoker validate --json`. */
export function validationJson(validation: Validation): unknown {
  const { edition, path, shape, verdict, counts, ruleCount, results } =
    validation;
  return {
    edition,
    path,
    shape,
    verdict,
    exit_code: exitCodeOf(validation),
    counts,
    rules: ruleCount,
    results: results.map(({ findings, ...result }) => ({
      ...result,
      findings: findings.map(findingJson),
    })),
  };
}

/** How the command ends: invalid is not admissible. */
export function exitCodeOf({ verdict }: Validation): number {
  return verdict === "invalid" ? EXIT_BELOW_GOAL : EXIT_DONE;
}

function findingJson(finding: Finding): unknown {
  const { ruleId, title, edition, severity, ...rest } = finding;
  return {
    rule: ruleId,
    title,
    edition,
    severity,
    glyph: SEVERITIES[severity].glyph,
    ...rest,
  };
}
