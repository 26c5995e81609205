/**
 * STOKER-PAIR: what one invocation wrote, the other read.
 */
import type { SeriesFacts } from "../facts/series.ts";
import { type Rule } from "../rule.ts";
import { folderOf } from "../values.ts";
import { pairOf } from "./invocation.ts";

/** The rule. */
export const rule: Rule<SeriesFacts> = {
  id: "STOKER-PAIR",
  title: "the second invocation read what the first wrote",
  severity: "invalid",
  reads: "metadata: args.checkpoint_folder, num_processes; stoker.json",
  isKnownBefore: false,
  why: "Two halves of different results are no result.",
  mend: "Read with the same model, processes and checkpoint folder.",
  *check({ runs }) {
    const pair = pairOf(runs);
    if (pair === null) return;
    const { write, read } = pair;
    const pairs: readonly [
      string,
      string | number | null,
      typeof write.model,
    ][] = [
      ["model", write.model, read.model],
      [
        "processes",
        write.accelerators,
        read.accelerators === null ? null : String(read.accelerators),
      ],
      [
        "checkpoint folder",
        folderOf(write.checkpointFolder),
        folderOf(read.checkpointFolder),
      ],
    ];
    for (const [what, written, found] of pairs) {
      if (written === null || found === null) continue;
      if (String(written) === found) continue;
      yield {
        where: read.where,
        have: `${what} ${found}`,
        need: `${what} ${written}, as was written`,
      };
    }
  },
};
