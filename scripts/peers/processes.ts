/**
 * AU of both tools as two processes of the same mpirun, one accelerator each,
 * and the samples of an epoch: every process gets as many whole batches.
 */
import { trainWithBoth } from "./both_train.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { mean, reportedAu, stepSums } from "./results.ts";
import { mpirunOf, stokerTool } from "./tool.ts";

const PROCESS_COUNT = 2;
const BATCH_SIZE = 4;
/** Not a multiple of all batches of a step: two files are left over. */
const FILE_COUNT = 162;
const COMPUTE_SECONDS = 1;
const EPOCH_COUNT = 2;
const RECORD_BYTES = 150_000;

/** AU wanted within this many percentage points of DLIO's. */
const WANTED_POINTS = 1;

/** Question "processes". */
export const processes: Question = {
  id: "processes",
  title: `${PROCESS_COUNT} processes of the same mpirun, same npz files`,
  answer: compareProcesses,
};

function compareProcesses({ folder, dlio, python }: Setting): Answer {
  const stoker = stokerTool(folder, { mpirun: mpirunOf(python) })
    .withAccelerators(PROCESS_COUNT);
  const commands = trainWithBoth(folder, {
    stoker,
    dlio: dlio.withAccelerators(PROCESS_COUNT),
  }, {
    fileCount: FILE_COUNT,
    recordBytes: RECORD_BYTES,
    batchSize: BATCH_SIZE,
    epochCount: EPOCH_COUNT,
    computeSeconds: COMPUTE_SECONDS,
  });

  const wantedSteps = Math.floor(FILE_COUNT / PROCESS_COUNT / BATCH_SIZE);
  const names = ["dlio", "stoker"] as const;
  const found = names.map((name) => ({
    name,
    au: reportedAu(`${folder}/${name}`),
    steps: stepSums(`${folder}/${name}`).map(({ stepCount }) => stepCount + 1),
  }));
  const apart = Math.abs(mean(found[1]!.au) - mean(found[0]!.au));
  const areStepsWanted = found.every(({ steps }) =>
    steps.every((count) => count === wantedSteps)
  );
  return {
    commands,
    table: [
      ["", "AU (%), mean", "epochs", "steps of process 0"],
      ...found.map(({ name, au, steps }) => [
        name,
        mean(au).toFixed(3),
        au.map((value) => value.toFixed(3)).join(" "),
        steps.join(" "),
      ]),
    ],
    notes: [
      `Wanted: within ${WANTED_POINTS} percentage point of each other: ` +
      (apart <= WANTED_POINTS ? "yes" : "NO") + ` (${apart.toFixed(3)})`,
      `Wanted: ${wantedSteps} steps of each process and epoch, which are ` +
      `${wantedSteps * BATCH_SIZE * PROCESS_COUNT} of ${FILE_COUNT} samples: ` +
      (areStepsWanted ? "yes" : "NO"),
    ],
  };
}
