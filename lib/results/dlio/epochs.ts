/**
 * A run's phases the way DLIO's files arrange them: by epoch, and inside an
 * epoch as named spans (`block1`, `save_ckpt1`, `eval`, `load_ckpt1`).
 *
 * A run that only checkpoints is epoch 1, as in DLIO. Checkpoints are counted
 * within their epoch, saves and loads apart.
 */
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { PhaseKindTraits } from "../../metrics/phase_kinds.ts";
import type {
  BlockRecord,
  PhaseRecord,
  RankRecord,
  RunRecord,
} from "../../metrics/run_record.ts";

/** DLIO's names of spans, without their numbers. */
type SpanName = NonNullable<PhaseKindTraits["dlioSpan"]>;

/** Spans that an epoch has only one of: their names have no number. */
const SINGLE_SPANS: readonly SpanName[] = ["eval"];

/** A stretch of an epoch that DLIO has a name for. */
export interface EpochSpan {
  readonly name: SpanName;
  /** Number within the epoch, from 1, of those with the same name. */
  readonly number: number;
  /** Wall clock, milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly durationSeconds: number;
  readonly phase: PhaseRecord;
  /** The steps of a block; null for others. */
  readonly block: BlockRecord | null;
}

/** One epoch as one rank saw it. */
export interface Epoch {
  readonly number: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Of the training; of everything where there was none. */
  readonly durationSeconds: number;
  /** In the order of their starts. */
  readonly spans: readonly EpochSpan[];
}

/**
 * Arranges a run by epochs.
 *
 * @param record The run.
 * @param rank The accelerator whose blocks are taken.
 * @returns Epochs in order; generation belongs to none.
 */
export function epochsOf(record: RunRecord, rank: number): Epoch[] {
  const byEpoch = new Map<number, PhaseRecord[]>();
  for (const phase of record.phases) {
    if (PHASE_KINDS[phase.kind].dlioSpan === null) continue;
    const number = Math.max(1, phase.epoch);
    const phases = byEpoch.get(number) ?? [];
    phases.push(phase);
    byEpoch.set(number, phases);
  }
  return [...byEpoch]
    .sort(([a], [b]) => a - b)
    .map(([number, phases]) => epochOf(number, phases, rank));
}

/** What a rank did in a phase; undefined if it had no part in it. */
export function rankOf(
  { ranks }: PhaseRecord,
  rank: number,
): RankRecord | undefined {
  // With thousands of ranks, a search for each is most of the work.
  const there = ranks[rank];
  return there?.rank === rank ? there : ranks.find((r) => r.rank === rank);
}

/**
 * DLIO's name of a span.
 *
 * @param span A span.
 * @returns Such as "block1", "eval", "save_ckpt2".
 */
export function spanName(span: EpochSpan): string {
  const { name, number } = span;
  return SINGLE_SPANS.includes(name) ? name : `${name}${number}`;
}

function epochOf(
  number: number,
  phases: readonly PhaseRecord[],
  rank: number,
): Epoch {
  const startMs = Math.min(...phases.map(({ start }) => start.wallMs));
  // Ends come from durations: a wall clock that was set during the run must
  // not let an epoch end before it began.
  const endMs = Math.max(...phases.map(phaseEndMs));
  const training = phases.find(({ kind }) =>
    PHASE_KINDS[kind].dlioSpan === "block"
  );
  return {
    number,
    startMs,
    endMs,
    durationSeconds: training?.durationSeconds ?? (endMs - startMs) / 1e3,
    spans: spansOf(phases, rank),
  };
}

function spansOf(
  phases: readonly PhaseRecord[],
  rank: number,
): EpochSpan[] {
  const spans: EpochSpan[] = [];
  const counts = new Map<SpanName, number>();
  for (const phase of phases) {
    const name = PHASE_KINDS[phase.kind].dlioSpan;
    if (name === null) continue;
    if (name === "block") {
      spans.push(...blockSpans(phase, rank));
      continue;
    }
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    spans.push(wholePhase(phase, name, number));
  }
  return spans.sort((a, b) => a.startMs - b.startMs);
}

function blockSpans(phase: PhaseRecord, rank: number): EpochSpan[] {
  const blocks = rankOf(phase, rank)?.blocks ?? [];
  return blocks.map((block, index) => {
    const startMs = phase.start.wallMs + block.startSeconds * 1e3;
    const { durationSeconds } = block;
    return {
      name: "block",
      number: index + 1,
      startMs,
      endMs: startMs + durationSeconds * 1e3,
      durationSeconds,
      phase,
      block,
    };
  });
}

function wholePhase(
  phase: PhaseRecord,
  name: SpanName,
  number: number,
): EpochSpan {
  return {
    name,
    number,
    startMs: phase.start.wallMs,
    endMs: phaseEndMs(phase),
    durationSeconds: phase.durationSeconds,
    phase,
    block: null,
  };
}

function phaseEndMs(phase: PhaseRecord): number {
  return phase.start.wallMs + phase.durationSeconds * 1e3;
}
