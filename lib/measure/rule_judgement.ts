/**
 * What the benchmark's rules say of a saved run, for its page.
 */
import { StokerError } from "../errors.ts";
import type { RuleJudgement } from "../report/html/page_run.ts";
import { STOKER_JSON_NAME } from "../results/results_folder.ts";
import type { ResultContext } from "../results/result_context.ts";
import { NEWEST_EDITION } from "../rules/editions.ts";
import { SEVERITIES, VERDICTS } from "../rules/finding.ts";
import { findingGroups } from "../rules/report/finding_groups.ts";
import { validate } from "../rules/validate.ts";

/** Judging reads the whole file again: more would delay the end of a run. */
const MAX_JUDGED_BYTES = 8 * 2 ** 20;

/**
 * Judges a run by the newest edition.
 *
 * @param folder Its results.
 * @param context Its settings.
 * @returns Null for a run that the rules do not speak of.
 */
export async function judgeByRules(
  folder: string,
  context: ResultContext,
): Promise<RuleJudgement | null> {
  const { mlperf = null } = context;
  if (mlperf === null || mlperf.command === "datagen") return null;
  const edition = NEWEST_EDITION.name;
  try {
    const { size } = await Deno.stat(`${folder}/${STOKER_JSON_NAME}`);
    if (size > MAX_JUDGED_BYTES) {
      return {
        edition,
        verdict: `not judged here, as ${STOKER_JSON_NAME} is large: stoker ` +
          "validate does it",
        findings: [],
      };
    }
    const validation = await validate(folder, NEWEST_EDITION);
    return {
      edition,
      verdict: VERDICTS[validation.verdict].word,
      findings: findingGroups(validation).map(({ finding }) => ({
        severity: SEVERITIES[finding.severity].word,
        rule: finding.ruleId,
        title: finding.title,
        have: finding.have ?? "nothing",
        need: finding.need,
        mend: finding.mend,
      })),
    };
  } catch (error) {
    const isKnown = error instanceof StokerError ||
      error instanceof Deno.errors.NotFound;
    if (!isKnown) throw error;
    return { edition, verdict: `not judged: ${error.message}`, findings: [] };
  }
}
