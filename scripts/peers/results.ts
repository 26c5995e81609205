/**
 * What both tools leave in a results folder, in DLIO's form.
 */

/** Of summary.json. */
interface Summary {
  readonly metric: {
    readonly train_au_percentage: readonly number[];
    readonly train_throughput_samples_per_second: readonly number[];
  };
}

/** Of one epoch in 0_output.json; seconds per step of each block. */
interface EpochOutput {
  readonly load: Readonly<Record<string, readonly number[]>>;
  readonly proc: Readonly<Record<string, readonly number[]>>;
  readonly compute: Readonly<Record<string, readonly number[]>>;
}

/** AU of each epoch as the tool reports it, in percent. */
export function reportedAu(resultsFolder: string): readonly number[] {
  return summaryOf(resultsFolder).metric.train_au_percentage;
}

/** Samples per second of each epoch as the tool reports them. */
export function reportedRates(resultsFolder: string): readonly number[] {
  return summaryOf(resultsFolder).metric.train_throughput_samples_per_second;
}

/** Sums over the steps of an epoch but the first. */
export interface StepSums {
  readonly stepCount: number;
  /** Waiting for the batch. */
  readonly loadSeconds: number;
  /** What computing was to take. */
  readonly computeSeconds: number;
  /** The whole step, up to the end of computing. */
  readonly stepSeconds: number;
}

/** From the tool's lists of steps, an element per epoch. */
export function stepSums(resultsFolder: string): readonly StepSums[] {
  const output = JSON.parse(
    Deno.readTextFileSync(`${resultsFolder}/0_output.json`),
  ) as Record<string, EpochOutput>;
  return Object.keys(output).filter((key) => /^\d+$/.test(key)).map((epoch) => {
    const { load, proc, compute } = output[epoch]!;
    return {
      stepCount: Object.values(proc).flat().length - 1,
      loadSeconds: sumAfterFirst(load),
      computeSeconds: sumAfterFirst(compute),
      stepSeconds: sumAfterFirst(proc),
    };
  });
}

/** AU of each epoch by Stoker's formula, Σ compute / Σ step, in percent. */
export function auFromSteps(resultsFolder: string): readonly number[] {
  return stepSums(resultsFolder).map(({ computeSeconds, stepSeconds }) =>
    100 * computeSeconds / stepSeconds
  );
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function summaryOf(resultsFolder: string): Summary {
  return JSON.parse(
    Deno.readTextFileSync(`${resultsFolder}/summary.json`),
  ) as Summary;
}

function sumAfterFirst(
  blocks: Readonly<Record<string, readonly number[]>>,
): number {
  const steps = Object.values(blocks).flat();
  return steps.slice(1).reduce((sum, seconds) => sum + seconds, 0);
}
