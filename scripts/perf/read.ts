/**
 * Reading through the engine against the plain loop, from page cache with as
 * many threads: what orders, queues and counters cost.
 */
import {
  doneSeconds,
  inTempFolder,
  runEngine,
  workloadOf,
} from "./engine_run.ts";
import { type Measure, type Measured, median } from "./measure.ts";
import { plainLoop } from "./plain_loop.ts";

const THREADS = 2;
const ROUND_COUNT = 7;
/** The engine's own read size. */
const BUFFER_BYTES = 512 * 1024;

/** Rows "read.*". */
export const measures: readonly Measure[] = [
  { id: "read.large", run: () => measureReads(16, 64 * 2 ** 20, "GB/s") },
  { id: "read.small", run: () => measureReads(8192, 150_000, "files/s") },
  { id: "read.direct", run: measureDirectReads },
];

/** Past the page cache the device decides: few rounds, many bytes. */
const DIRECT_ROUND_COUNT = 5;

/** Turns of both, since a shared device has its moods. */
function measureDirectReads(): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = [
      "dataset.format=npz",
      `dataset.data_folder=${folder}`,
      "dataset.num_files_train=16",
      "dataset.record_length_bytes=16777216",
      `reader.read_threads=${THREADS}`,
      "reader.prefetch_size=64",
      "reader.odirect=true",
    ];
    await runEngine(workloadOf([
      ...settings,
      "workflow.generate_data=true",
      "workflow.train=false",
    ]));
    const paths = pathsIn(`${folder}/train`);
    const options = { threads: THREADS, bufferBytes: BUFFER_BYTES };
    const values: number[] = [];
    const limits: number[] = [];
    for (let round = 0; round < DIRECT_ROUND_COUNT; round++) {
      const [epoch] = await runEngine(workloadOf(settings));
      const bytes = epoch?.bytesRequested ?? 0;
      values.push(bytes / 1e9 / doneSeconds(epoch));
      const seconds = await plainLoop(paths, { ...options, direct: true });
      limits.push(bytes / 1e9 / seconds);
    }
    return { unit: "GB/s", value: median(values), limit: median(limits) };
  });
}

function pathsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
}

function measureReads(
  fileCount: number,
  recordBytes: number,
  unit: "GB/s" | "files/s",
): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const workload = workloadOf([
      "workflow.generate_data=true",
      "dataset.format=npz",
      `dataset.data_folder=${folder}`,
      `dataset.num_files_train=${fileCount}`,
      `dataset.record_length_bytes=${recordBytes}`,
      "reader.batch_size=1",
      `reader.read_threads=${THREADS}`,
      "reader.prefetch_size=64",
      "reader.file_shuffle=seed",
      `train.epochs=${ROUND_COUNT}`,
    ]);
    const [, ...epochs] = await runEngine(workload);
    const paths = pathsIn(`${folder}/train`);
    const limits: number[] = [];
    for (let round = 0; round < ROUND_COUNT; round++) {
      limits.push(
        await plainLoop(paths, { threads: THREADS, bufferBytes: BUFFER_BYTES }),
      );
    }
    const bytes = epochs[0]?.bytesRequested ?? 0;
    const amount = unit === "GB/s" ? bytes / 1e9 : fileCount;
    return {
      unit,
      value: amount / median(epochs.map(doneSeconds)),
      limit: amount / median(limits),
    };
  });
}
