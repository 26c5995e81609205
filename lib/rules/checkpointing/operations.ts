/**
 * 4.7.1: ten checkpoints are written, then ten are read.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Problem, type Rule, unchecked } from "../rule.ts";
import { invocationOf, pairOf } from "./invocation.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "4.7.1",
  title: "ten checkpoints are written, then ten are read",
  severity: "invalid",
  reads: "metadata: args.num_checkpoints_write, num_checkpoints_read; " +
    "*per_epoch_stats.json: save_ckpt, load_ckpt",
  isKnownBefore: false,
  why: "One checkpoint may be lucky; and reads follow writes as after the " +
    "failure of a node.",
  mend: "Run once with 10 writes and 10 reads, or twice: first " +
    "checkpoint.num_checkpoints_read=0, then " +
    "checkpoint.num_checkpoints_write=0.",
  *check({ runs }, { checkpointCount: need }) {
    const counts = runs.map(invocationOf);
    if (counts.some(({ writes, reads }) => writes === null || reads === null)) {
      yield unchecked(
        "writes and reads of each invocation",
        "args.num_checkpoints_write, args.num_checkpoints_read",
      );
      return;
    }
    const writes = counts.reduce((sum, each) => sum + each.writes!, 0);
    const reads = counts.reduce((sum, each) => sum + each.reads!, 0);
    yield* short("written", writes, need);
    yield* short("read", reads, need);
    const pair = pairOf(runs);
    if (writes !== need || reads !== need || pair === null) return;
    const { reads: early } = invocationOf(pair.write);
    if (early === 0 && invocationOf(pair.read).writes === 0) return;
    yield {
      have: "writes and reads mixed over two invocations",
      need: `${need} writes in the first, ${need} reads in the second`,
    };
  },
};

function* short(what: string, have: number, need: number): Generator<Problem> {
  if (have === need) return;
  yield {
    have: `${have} checkpoints ${what}`,
    need: `${need}`,
    ...(have < need ? { deficit: `${need - have} checkpoints` } : {}),
  };
}
