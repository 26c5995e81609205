/**
 * The words of the page that are not plain, each with its meaning: one hover
 * or one tap away, and all together in the page's last section. The same
 * texts stand in `lib/help/results.md` (a test compares them).
 */
import { type Markup, markup } from "../../bytes/markup.ts";

/** A word and what it means. */
interface Entry {
  readonly word: string;
  readonly meaning: string;
}

const ENTRIES = {
  au: {
    word: "AU",
    meaning:
      "accelerator utilization: the part of the time that accelerators " +
      "computed instead of waiting. As DLIO counts it: over the steps of the " +
      "window, mean over accelerators and epochs",
  },
  sustained: {
    word: "sustained AU",
    meaning: "AU over all steps, from the gate to the end of the last one. " +
      "The verdict goes by it; DLIO's success or fail goes by AU",
  },
  goal: {
    word: "goal",
    meaning: "the AU that the workload demands (metric.au)",
  },
  phase: {
    word: "phase",
    meaning: "one epoch of training, one evaluation, one saved or loaded " +
      "checkpoint, or the generation of the dataset",
  },
  compute: {
    word: "compute",
    meaning: "the time of a step that an accelerator was to compute",
  },
  load: {
    word: "load",
    meaning: "the time that a step waited for its batch",
  },
  barrier: {
    word: "barrier",
    meaning: "the time that a step waited for the other accelerators, as in " +
      "an all-reduce",
  },
  overrun: {
    word: "overrun",
    meaning: "compute beyond what was asked for: this host was late. It " +
      "counts as waiting",
  },
  other: {
    word: "other",
    meaning: "the time between steps: checkpoints, the end of the phase",
  },
  moved: {
    word: "really read",
    meaning:
      "bytes that read calls returned, not samples times their nominal " +
      "size; of saved checkpoints: bytes that write calls accepted",
  },
  device: {
    word: "from the device",
    meaning: "bytes that the kernel counted at the storage device. What was " +
      "asked for and did not come from there came from memory, or was never " +
      "stored: holes, compression",
  },
  settled: {
    word: "settled",
    meaning:
      "the run is long enough: AU and sustained AU differ by at most 2 " +
      "points, and the steps that count are at least 4 for each batch that " +
      "readers may hold ahead",
  },
  percentile: {
    word: "p50, p90, p99, p99.9",
    meaning: "percentiles: half, 90 %, 99 % and 99.9 % of all values are not " +
      "above them. They come from merged histograms and are off by at most " +
      "1/64 of themselves; the greatest value is exact",
  },
  trust: {
    word: "trust",
    meaning: "whether the figures may be believed: sound, doubtful or void. " +
      "It is judged by what came from memory, by overrun, by settling and by " +
      "samples that were dropped",
  },
  limit: {
    word: "limit",
    meaning: "what kept AU or throughput from being higher: storage, client " +
      "CPU, network, page cache or barrier",
  },
  fsync: {
    word: "fsync share",
    meaning: "the part of a checkpoint's duration in which its slowest rank " +
      "waited until its bytes were on the device",
  },
  bucket: {
    word: "bucket",
    meaning: "a stretch of time that a chart shows as one point: the mean of " +
      "its values, with the least and the greatest as a band around it",
  },
  rank: {
    word: "rank",
    meaning: "the number of an accelerator, over all hosts",
  },
  class: {
    word: "comparability class",
    meaning: "16 digits that runs of the same workload share, whatever " +
      "storage they ran on",
  },
} as const satisfies Readonly<Record<string, Entry>>;

/** Name of an entry. */
export type Term = keyof typeof ENTRIES;

/** All entries in the order of the page. */
export const GLOSSARY: ReadonlyMap<string, Entry> = new Map(
  Object.entries(ENTRIES),
);

/**
 * A word that leads to its meaning: as a title for those who hover, as a
 * link for those who tap.
 *
 * @param term The entry.
 * @param text Other words for it.
 * @default {the entry's word}
 */
export function termHtml(term: Term, text?: string): Markup {
  const { word, meaning } = ENTRIES[term];
  return markup`<a class="term" href="#term-${term}" title="${meaning}">${
    text ?? word
  }</a>`;
}
