/**
 * 4.7.3: a storage that has to be remapped took the time that it declares.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule } from "../rule.ts";
import { gapSeconds, pairOf } from "./invocation.ts";

/** Of the declared time; less is not the remapping that was declared. */
const LEAST_PART = 0.5;

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "4.7.3",
  title: "the handover took as long as the system declares",
  severity: "invalid",
  reads: "systems/<system>.yaml: capabilities.remap_time_in_seconds; metadata",
  isKnownBefore: false,
  why: "A declared time that was not taken was not needed, or not done.",
  mend: "Declare the time that the handover really takes.",
  *check({ runs, sharing }) {
    const declared = sharing?.remapSeconds ?? 0;
    const pair = pairOf(runs);
    if (declared <= 0 || pair === null) return;
    const gap = gapSeconds(pair);
    // 2.1.24 says that the times are missing, or that clocks differ.
    if (gap === null || gap < 0 || gap >= LEAST_PART * declared) return;
    yield {
      where: pair.read.where,
      have: `${gap.toFixed(1)} s between writing and reading`,
      need: `at least ${LEAST_PART} x ${declared} s of remap_time_in_seconds`,
      deficit: `${(LEAST_PART * declared - gap).toFixed(1)} s`,
    };
  },
};
