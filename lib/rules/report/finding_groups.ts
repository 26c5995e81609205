/**
 * Findings that say the same of several places, as one.
 */
import type { Finding } from "../finding.ts";
import { SEVERITY_ORDER } from "../finding.ts";
import type { Validation } from "../validation.ts";

/** One finding, and all places that it is about. */
export interface FindingGroup {
  readonly finding: Finding;
  readonly places: readonly string[];
}

/** Groups, the worst first, else in the order of results. */
export function findingGroups({ results }: Validation): FindingGroup[] {
  const groups = new Map<string, { finding: Finding; places: string[] }>();
  for (const finding of results.flatMap(({ findings }) => findings)) {
    const { ruleId, title, severity, have, need } = finding;
    const key = JSON.stringify([ruleId, title, severity, have, need]);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { finding, places: [finding.where] });
    } else group.places.push(finding.where);
  }
  const rank = ({ finding }: FindingGroup) =>
    SEVERITY_ORDER.indexOf(finding.severity);
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}

/** "3 invalid, 1 open, 12 unchecked"; "no findings". */
export function countsText({ counts }: Validation): string {
  const texts = SEVERITY_ORDER.flatMap((severity) =>
    counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`]
  );
  return texts.length === 0 ? "no findings" : texts.join(", ");
}
