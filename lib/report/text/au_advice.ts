/**
 * Where the accelerators' time went, in words, and what to do about the part
 * that kept AU from its goal.
 */
import type { TimeSplit } from "../../metrics/time_split.ts";

/** The parts that are not compute, each with its name and a way out. */
const LOST: readonly {
  readonly part: Exclude<keyof TimeSplit, "compute">;
  readonly name: string;
  readonly advice: string;
}[] = [
  {
    part: "load",
    name: "waiting for batches",
    advice: "the storage or its readers were too slow; try more " +
      "reader.read_threads, then fewer accelerators",
  },
  {
    part: "barrier",
    name: "waiting for other accelerators",
    advice: "some were slower than the rest: look at the slowest rank, and " +
      "whether this host has processors enough for so many accelerators",
  },
  {
    part: "overrun",
    name: "late compute",
    advice: "this host was too busy to compute on time: use fewer " +
      "accelerators, a larger host, or end other programs",
  },
  {
    part: "other",
    name: "between steps",
    advice: "checkpoints and the ends of epochs took it",
  },
];

/** "compute 28.9 %, waiting for batches 70.6 %, …". */
export function splitText(split: TimeSplit): string {
  return [
    `compute ${percent(split.compute)}`,
    ...LOST.map(({ part, name }) => `${name} ${percent(split[part])}`),
  ].join(", ");
}

/** The part that cost most, and what to do about it. */
export function auAdvice(split: TimeSplit): string {
  const most = LOST.reduce((a, b) => split[b.part] > split[a.part] ? b : a);
  return `${percent(split[most.part])} went into ${most.name}: ${most.advice}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
