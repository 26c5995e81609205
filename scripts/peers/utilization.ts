/**
 * AU of both tools where computing takes nearly all the time.
 *
 * DLIO divides by the time of the whole block less its first step, Stoker by
 * the sum of the steps but the first; the same lists of steps therefore give
 * a third figure, DLIO's run by Stoker's formula.
 */
import { trainWithBoth } from "./both_train.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { auFromSteps, mean, reportedAu, stepSums } from "./results.ts";
import type { StepSums } from "./results.ts";

const STEP_COUNT = 60;
const BATCH_SIZE = 4;
const COMPUTE_SECONDS = 0.5;
const EPOCH_COUNT = 2;
const RECORD_BYTES = 150_000;

/** AU wanted within this many percentage points of DLIO's. */
const WANTED_POINTS = 1;

/** Question "au". */
export const utilization: Question = {
  id: "au",
  title: `AU, ${STEP_COUNT} steps of ${COMPUTE_SECONDS} s, same npz files`,
  answer: compareUtilization,
};

function compareUtilization({ folder, stoker, dlio }: Setting): Answer {
  const commands = trainWithBoth(folder, { stoker, dlio }, {
    fileCount: STEP_COUNT * BATCH_SIZE,
    recordBytes: RECORD_BYTES,
    batchSize: BATCH_SIZE,
    epochCount: EPOCH_COUNT,
    computeSeconds: COMPUTE_SECONDS,
  });

  const rows: readonly (readonly [string, readonly number[]])[] = [
    ["DLIO, reported", reportedAu(`${folder}/dlio`)],
    ["DLIO, its steps by Stoker's formula", auFromSteps(`${folder}/dlio`)],
    ["Stoker, reported", reportedAu(`${folder}/stoker`)],
    ["Stoker, its steps by the same formula", auFromSteps(`${folder}/stoker`)],
  ];
  const stokerAu = mean(rows[2]![1]);
  return {
    commands,
    table: [
      ["AU (%)", "mean", "epochs", "Stoker - this (points)"],
      ...rows.map(([name, values]) => [
        name,
        mean(values).toFixed(3),
        values.map((value) => value.toFixed(3)).join(" "),
        (stokerAu - mean(values)).toFixed(3),
      ]),
    ],
    notes: [
      `Wanted: within ${WANTED_POINTS} percentage point of DLIO's: ` +
      (Math.abs(stokerAu - mean(rows[0]![1])) <= WANTED_POINTS ? "yes" : "NO"),
      `Of a step of DLIO ${stepParts(`${folder}/dlio`)}; of Stoker ` +
      stepParts(`${folder}/stoker`),
    ],
  };
}

/** Where the part of a step goes that is not computing. */
function stepParts(resultsFolder: string): string {
  const epochs = stepSums(resultsFolder);
  const perStep = (part: (sums: StepSums) => number) =>
    mean(epochs.map((sums) => 1000 * part(sums) / sums.stepCount)).toFixed(3);
  const loadMs = perStep((sums) => sums.loadSeconds);
  const otherMs = perStep((sums) =>
    sums.stepSeconds - sums.loadSeconds - sums.computeSeconds
  );
  return `${loadMs} ms waited for the batch and ${otherMs} ms were computing ` +
    "longer than asked for";
}
