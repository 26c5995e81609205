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

const EPOCHS = 5;

/** Rows "engine.*". */
export const measures: readonly Measure[] = [
  { id: "engine.step", run: () => measureStep(1) },
  { id: "engine.barrier", run: () => measureStep(2) },
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

/** A step with nothing to load and nothing to compute. */
async function measureStep(accelerators: number): Promise<Measured> {
  const phases = await runEngine(
    workloadOf([
      "dataset.num_files_train=20000",
      "dataset.format=npz",
      "reader.data_loader=synthetic",
      `train.epochs=${EPOCHS}`,
    ]),
    accelerators,
  );
  return {
    unit: "us",
    value: median(phases.map((phase) => stepMicroseconds(firstRank(phase)))),
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
