/**
 * The engine itself: what a step costs, and the AU that it can show when
 * storage is no limit.
 */
import {
  auPercent,
  firstRank,
  inTempFolder,
  runEngine,
  stepMicroseconds,
  workloadOf,
} from "./engine_run.ts";
import { type Measure, type Measured, median } from "./measure.ts";
import { WARM_PASSES } from "./passes.ts";

const EPOCHS = 5;

/**
 * Steps without compute are over in milliseconds, during which V8 still
 * compiles them: epochs after the first ones count. Of more steps in all,
 * several would share an entry (`STEP_TIMES_MAX`).
 */
const BARE_EPOCHS = 12;
const BARE_FILES = 20_000;

/** Rows "engine.*". */
export const measures: readonly Measure[] = [
  // Nothing but this thread: whatever else runs can only make it slower.
  {
    id: "engine.step",
    run: () => measureStep(1, (times) => Math.min(...times)),
  },
  { id: "engine.barrier", run: () => measureStep(2, median) },
  {
    id: "engine.au_375us",
    run: () => measureAu({ computeSeconds: 0.000375, batchSize: 1 }),
  },
  {
    id: "engine.au_5ms",
    run: () => measureAu({ computeSeconds: 0.005, batchSize: 10 }),
  },
  {
    id: "engine.au_5ms_synthetic",
    run: () =>
      measureAu({ computeSeconds: 0.005, batchSize: 10, loader: "synthetic" }),
  },
];

/**
 * A step with nothing to load and nothing to compute.
 *
 * @param figure Makes one of the mean times of a step in each epoch.
 */
async function measureStep(
  accelerators: number,
  figure: (stepMicroseconds: readonly number[]) => number,
): Promise<Measured> {
  const phases = await runEngine(
    workloadOf([
      `dataset.num_files_train=${BARE_FILES}`,
      "dataset.format=npz",
      "reader.data_loader=synthetic",
      `train.epochs=${BARE_EPOCHS}`,
    ]),
    accelerators,
  );
  const settled = phases.slice(WARM_PASSES);
  return {
    unit: "us",
    value: figure(settled.map((phase) => stepMicroseconds(firstRank(phase)))),
    limit: null,
  };
}

/** AU of one accelerator on 150 KB files in page cache. */
function measureAu(settings: {
  computeSeconds: number;
  batchSize: number;
  loader?: string;
}): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const phases = await runEngine(workloadOf([
      "workflow.generate_data=true",
      "dataset.format=npz",
      `dataset.data_folder=${folder}`,
      "dataset.num_files_train=4000",
      "dataset.record_length_bytes=150000",
      `reader.data_loader=${settings.loader ?? "pytorch"}`,
      `reader.batch_size=${settings.batchSize}`,
      "reader.read_threads=1",
      "reader.prefetch_size=4",
      "reader.file_shuffle=seed",
      `train.epochs=${EPOCHS}`,
      `train.computation_time=${settings.computeSeconds}`,
    ]));
    const epochs = phases.filter(({ kind }) => kind === "train");
    return {
      unit: "%",
      value: median(epochs.map((phase) => auPercent(firstRank(phase)))),
      limit: 100,
    };
  });
}
