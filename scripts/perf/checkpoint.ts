/**
 * Saving and loading a checkpoint through the engine against a plain loop
 * that does the same useful work: as many bytes in as many files of the same
 * length, with as many threads and the same buffers; fresh random bytes where
 * files are written. Past the page cache the limit is fio with many requests
 * in flight, as Stoker has them there.
 */
import { fioReadSeconds, fioWriteSeconds } from "./checkpoint_fio.ts";
import { measureFsync } from "./checkpoint_fsync.ts";
import {
  type CheckpointRow,
  checkpointWorkload,
} from "./checkpoint_workload.ts";
import { doneSeconds, inTempFolder, runEngine } from "./engine_run.ts";
import { hasFio } from "./fio.ts";
import { type Measure, type Measured, medianPair } from "./measure.ts";
import { plainLoop } from "./plain_loop.ts";

const RANKS = 2;
const MIB = 2 ** 20;
/** Odd, so that there is a middle one. */
const ROUND_COUNT = 9;
/** The default of `checkpoint.chunk_size`. */
const BUFFER_BYTES = 4 * MIB;

const BUFFERED: CheckpointRow = { rankBytes: 192 * MIB, direct: false };
/** Larger, as memory is faster than the look at a phase after a millisecond. */
const CACHED: CheckpointRow = { rankBytes: 512 * MIB, direct: false };
const DIRECT: CheckpointRow = { rankBytes: 96 * MIB, direct: true };

/** Rows "checkpoint.*". */
export const measures: readonly Measure[] = [
  { id: "checkpoint.write", run: () => measureSave(BUFFERED) },
  { id: "checkpoint.write_direct", run: () => measureSave(DIRECT) },
  { id: "checkpoint.read", run: () => measureLoad(CACHED) },
  { id: "checkpoint.read_direct", run: () => measureLoad(DIRECT) },
  { id: "checkpoint.fsync", run: measureFsync },
];

function measureSave(row: CheckpointRow): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const workload = checkpointWorkload(folder, row, { writes: 1 });
    const paths = Array.from({ length: RANKS }, (_, i) => `${folder}/p${i}`);
    const gigabytes = RANKS * row.rankBytes / 1e9;
    // Files are new in every round: ext4 flushes those that replace another.
    const pair = await medianPair(ROUND_COUNT, async () => {
      const [save] = await runEngine(workload, RANKS);
      await Deno.remove(`${folder}/ck`, { recursive: true });
      return gigabytes / doneSeconds(save);
    }, async () => {
      if (row.direct && hasFio()) {
        const files = { count: RANKS, bytes: row.rankBytes };
        return gigabytes / await fioWriteSeconds(folder, files);
      }
      const seconds = await plainLoop(paths, {
        threads: RANKS,
        bufferBytes: BUFFER_BYTES,
        writeBytes: row.rankBytes,
        direct: row.direct,
        fills: true,
      });
      for (const path of paths) await Deno.remove(path);
      return gigabytes / seconds;
    });
    return { unit: "GB/s", ...pair };
  });
}

/** Both read the same files, which are on the device by then. */
function measureLoad(row: CheckpointRow): Promise<Measured> {
  return inTempFolder(async (folder) => {
    const settings = ["checkpoint.fsync=true"];
    await runEngine(
      checkpointWorkload(folder, row, { writes: 1, settings }),
      RANKS,
    );
    const workload = checkpointWorkload(folder, row, { reads: 1 });
    const paths: string[] = [];
    for await (
      const { name } of Deno.readDir(`${folder}/ck/global_epoch1_step1`)
    ) {
      paths.push(`${folder}/ck/global_epoch1_step1/${name}`);
    }
    const gigabytes = RANKS * row.rankBytes / 1e9;
    const pair = await medianPair(ROUND_COUNT, async () => {
      const phases = await runEngine(workload, RANKS);
      return gigabytes / doneSeconds(phases[0]);
    }, async () => {
      if (row.direct && hasFio()) {
        return gigabytes / await fioReadSeconds(paths);
      }
      const seconds = await plainLoop(paths, {
        threads: RANKS,
        bufferBytes: BUFFER_BYTES,
        direct: row.direct,
      });
      return gigabytes / seconds;
    });
    return { unit: "GB/s", ...pair };
  });
}
