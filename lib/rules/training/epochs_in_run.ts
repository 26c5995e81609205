/**
 * STOKER-EPOCHS: a run has all epochs of its workload, one after the other.
 */
import type { EpochFacts, RunFacts } from "../facts/run_facts.ts";
import { type Problem, type Rule, unchecked } from "../rule.ts";

/** Seconds between two epochs in which a run may write a checkpoint and logs. */
const MAX_PAUSE_FRACTION = 0.5;

/** The rule. */
export const rule: Rule<RunFacts> = {
  id: "STOKER-EPOCHS",
  title: "all epochs are there, one after the other",
  severity: "invalid",
  reads: "summary.json: train_au_percentage; *per_epoch_stats.json",
  isKnownBefore: false,
  why: "A mean over fewer epochs is that of another workload, and a pause " +
    "between epochs lets the storage tidy up where a training would not.",
  mend: "Run again, without changing train.epochs and without stopping it.",
  *check(run, { training }) {
    const need = training[run.model ?? ""]?.epochs;
    if (need === undefined) return;
    const have = run.measuredEpochs;
    if (have === null) {
      yield unchecked("the epochs", "summary.json: train_au_percentage");
      return;
    }
    if (have !== need) {
      yield {
        have: `${have} epochs`,
        need: `${need} epochs of ${run.model}`,
        ...(have < need ? { deficit: `${need - have} epochs` } : {}),
      };
      return;
    }
    yield* pauses(run.epochs ?? []);
  },
};

function* pauses(epochs: readonly EpochFacts[]): Generator<Problem> {
  for (const [index, next] of epochs.entries()) {
    const epoch = epochs[index - 1];
    if (epoch === undefined) continue;
    const { startSeconds, endSeconds } = epoch;
    if (startSeconds === null || endSeconds === null) continue;
    if (next.startSeconds === null) continue;
    const pause = next.startSeconds - endSeconds;
    const most = MAX_PAUSE_FRACTION * (endSeconds - startSeconds);
    if (pause <= Math.max(most, 1)) continue;
    yield {
      severity: "warning",
      have: `${pause.toFixed(1)} s between epochs ${epoch.epoch} and ` +
        `${next.epoch}`,
      need: "epochs that follow each other: a pause of at most half an epoch",
      mend: "Find out what the run waited for.",
    };
  }
}
