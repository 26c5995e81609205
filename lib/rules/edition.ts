/**
 * An edition of the benchmark's rules: its numbers and its rules.
 *
 * Results compare within an edition, so a later one is a new table beside this
 * one, never a change of it.
 */
import type { KvCacheFacts } from "./facts/kv_cache.ts";
import type { LeafFacts } from "./facts/leaf.ts";
import type { RunFacts } from "./facts/run_facts.ts";
import type {
  CheckpointModelFacts,
  SeriesFacts,
  TrainingModelFacts,
} from "./facts/series.ts";
import type {
  OrganizationFacts,
  SystemFacts,
  TreeFacts,
} from "./facts/tree.ts";
import type { VectorFacts } from "./facts/vector.ts";
import type { EditionLimits } from "./limits.ts";
import type { Rule } from "./rule.ts";

/** One edition. */
export interface Edition {
  /** "3.0". */
  readonly name: string;
  readonly limits: EditionLimits;
  readonly rules: {
    readonly tree: readonly Rule<TreeFacts>[];
    readonly organization: readonly Rule<OrganizationFacts>[];
    readonly system: readonly Rule<SystemFacts>[];
    /** Of every folder of an invocation in a tree. */
    readonly leaf: readonly Rule<LeafFacts>[];
    /** Of the folder of a training model in a tree. */
    readonly trainingModel: readonly Rule<TrainingModelFacts>[];
    /** Of its runs, or of a series outside of a tree. */
    readonly trainingSeries: readonly Rule<SeriesFacts>[];
    readonly trainingRun: readonly Rule<RunFacts>[];
    readonly checkpointModel: readonly Rule<CheckpointModelFacts>[];
    readonly checkpointSeries: readonly Rule<SeriesFacts>[];
    readonly checkpointRun: readonly Rule<RunFacts>[];
    readonly vector: readonly Rule<VectorFacts>[];
    readonly kvCache: readonly Rule<KvCacheFacts>[];
  };
}
