/**
 * Which share of an epoch each accelerator takes.
 *
 * An epoch is a sequence of sample positions. Each accelerator takes
 * `floor(sampleCount / accelerators)` consecutive positions, and of those as
 * many whole batches as fit: every accelerator runs the same number of
 * steps, so no barrier can wait for a rank that has none left. What remains
 * is dropped at the end of the sequence and of each share; with file shuffle
 * each epoch drops other samples.
 */

/** Division of one epoch. */
export interface ShardPlan {
  readonly sampleCount: number;
  readonly accelerators: number;
  readonly batchSize: number;
  /** Positions that each accelerator owns: its first is rank × this. */
  readonly samplesPerAccelerator: number;
  /** Steps of every accelerator, before any cap. */
  readonly stepCount: number;
  /** Samples at the end of the epoch that no accelerator owns. */
  readonly unownedSamples: number;
  /** Samples at the end of each share that fill no batch. */
  readonly partialBatchSamples: number;
}

/**
 * Divides an epoch.
 *
 * @param sampleCount Samples in the dataset, >= 0.
 * @param accelerators Accelerators on all hosts, >= 1.
 * @param batchSize Samples per step and accelerator, >= 1.
 */
export function planShards(
  sampleCount: number,
  accelerators: number,
  batchSize: number,
): ShardPlan {
  const samplesPerAccelerator = Math.floor(sampleCount / accelerators);
  const stepCount = Math.floor(samplesPerAccelerator / batchSize);
  return withRemainders({
    sampleCount,
    accelerators,
    batchSize,
    samplesPerAccelerator,
    stepCount,
  });
}

/** A division with what it leaves out. @param division What it takes. */
export function withRemainders(
  division: Omit<ShardPlan, "unownedSamples" | "partialBatchSamples">,
): ShardPlan {
  const { sampleCount, accelerators, batchSize } = division;
  const { samplesPerAccelerator, stepCount } = division;
  return {
    ...division,
    unownedSamples: sampleCount - samplesPerAccelerator * accelerators,
    partialBatchSamples: samplesPerAccelerator - stepCount * batchSize,
  };
}

/** Samples that an epoch leaves out, over all accelerators. */
export function droppedSamples(plan: ShardPlan): number {
  return plan.unownedSamples + plan.partialBatchSamples * plan.accelerators;
}

/**
 * Says which samples an epoch leaves out and why.
 *
 * @param plan The division.
 * @param phase "training" or "evaluation".
 * @returns One sentence, or null if nothing is left out.
 */
export function describeDropped(
  plan: ShardPlan,
  phase: string,
): string | null {
  const dropped = droppedSamples(plan);
  if (dropped === 0) return null;
  const reasons: string[] = [];
  if (plan.unownedSamples > 0) {
    reasons.push(
      `${plan.unownedSamples} because ${plan.sampleCount} samples do not ` +
        `divide by ${plan.accelerators} accelerators`,
    );
  }
  if (plan.partialBatchSamples > 0) {
    reasons.push(
      `${plan.partialBatchSamples} of each accelerator's ` +
        `${plan.samplesPerAccelerator} because they do not fill a batch of ` +
        `${plan.batchSize}`,
    );
  }
  return `Each ${phase} epoch leaves out ${dropped} of ` +
    `${plan.sampleCount} samples: ${reasons.join(", and ")}`;
}
