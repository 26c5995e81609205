/**
 * 2.1.24: reading begins soon after writing has ended.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule, unchecked } from "../rule.ts";
import { gapSeconds, pairOf } from "./invocation.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "2.1.24",
  title: "the read invocation begins within 30 s of the write's end",
  severity: "invalid",
  reads: "metadata: invocation_start_time, invocation_end_time; without them " +
    "summary.json: start, end",
  isKnownBefore: false,
  why:
    "What happens between both must be a script for the handover to another " +
    "node, not work by hand.",
  mend:
    "Start the reading invocation from the script that ran the writing one.",
  dispute: "The text counts from the end in the write's summary.json, the " +
    "field's checker from the tool's own end, which is later. Stoker takes " +
    "the tool's times where they are.",
  *check({ runs }, { checkpointGapSeconds: most }) {
    const pair = pairOf(runs);
    if (pair === null) return;
    const gap = gapSeconds(pair);
    if (gap === null) {
      yield unchecked(
        "when writing ended and reading began",
        "invocation_end_time, invocation_start_time",
      );
      return;
    }
    if (gap >= 0 && gap <= most) return;
    yield {
      where: pair.read.where,
      ...(gap < 0 ? { severity: "warning" } : {}),
      have: `${gap.toFixed(1)} s between the end of writing and reading`,
      need: gap < 0
        ? "clocks that agree: reading cannot begin before writing has ended"
        : `at most ${most} s`,
      ...(gap < 0
        ? { mend: "Let both hosts take their time from the same NTP server." }
        : { deficit: `${(gap - most).toFixed(1)} s` }),
    };
  },
};
