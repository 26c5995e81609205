/**
 * 4.7.2: the time from the first write to the last read is recorded.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule, unchecked } from "../rule.ts";
import { pairOf } from "./invocation.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "4.7.2",
  title: "the time from the first write to the last read",
  severity: "note",
  reads: "summary.json: start, end",
  isKnownBefore: false,
  why: "It includes what the handover between writer and reader takes.",
  mend: "Nothing is to be done.",
  *check({ runs }) {
    const pair = pairOf(runs);
    const first = pair?.write ?? runs[0];
    const last = pair?.read ?? runs[0];
    if (first === undefined || last === undefined || runs.length > 2) return;
    const from = first.startSeconds;
    const to = last.endSeconds;
    if (from === null || to === null) {
      yield unchecked("when it began and ended", "summary.json: start, end");
      return;
    }
    if (pair === null) return;
    yield {
      have: `${(to - from).toFixed(1)} s from the first write to the last read`,
      need: "the time on record",
    };
  },
};
