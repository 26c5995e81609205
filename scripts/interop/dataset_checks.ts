/**
 * What every object store must do for whole runs: a dataset of each format and
 * a checkpoint, with settings that say which store.
 */
import { TINY_MODEL } from "../../tests/engine/engine_fixture.ts";
import { solo } from "../../lib/cluster/cluster.ts";
import { soloLink } from "../../lib/cluster/link.ts";
import { placedAlone } from "../../lib/cluster/placement.ts";
import { verifyDataset } from "../../lib/engine/dataset/verify_dataset.ts";
import { prepareRun } from "../../lib/engine/run/prepare_run.ts";
import { runEngine, workloadOf } from "../perf/engine_run.ts";

const MIB = 2 ** 20;
/** Formats whose files hold one sample. */
const ONE_SAMPLE = ["jpeg", "png", "raw"];

/** Saved, loaded and compared. */
const CHECKPOINT = [
  "workflow.generate_data=false",
  "workflow.train=false",
  "workflow.checkpoint=true",
  "checkpoint.num_checkpoints_write=1",
  "checkpoint.num_checkpoints_read=1",
  "checkpoint.verify=true",
  ...TINY_MODEL,
];

/**
 * Puts, trains, evaluates and verifies one format.
 *
 * @param settings Storage and folder.
 * @throws {Error} If anything fails or a byte is wrong.
 */
export async function checkDataset(
  settings: readonly string[],
  format: string,
): Promise<void> {
  const workload = workloadOf([
    ...settings,
    "workflow.generate_data=true",
    "workflow.evaluation=true",
    `dataset.format=${format}`,
    "dataset.num_files_train=4",
    "dataset.num_files_eval=2",
    `dataset.num_samples_per_file=${ONE_SAMPLE.includes(format) ? 1 : 3}`,
    // Large enough for an upload of several parts.
    `dataset.record_length_bytes=${format === "csv" ? 30_000 : 2 * MIB}`,
    // Short documents would be thousands of requests to slow servers.
    ...(format === "megatron"
      ? ["dataset.megatron.document_length=1000000"]
      : []),
    "reader.read_threads=2",
    "reader.write_threads=2",
  ]);
  await runEngine(workload);
  const { signal } = new AbortController();
  await using run = await prepareRun(workload, {
    accelerators: 1,
    cluster: solo,
    randomSeed: 1,
    signal,
  });
  const { damages, checkedFiles, error } = await verifyDataset(
    run,
    {
      signal,
      moment: () => ({ wallMs: 0, atSeconds: performance.now() / 1000 }),
      hostname: "interop",
      link: soloLink,
      placement: placedAlone("interop"),
      stallTimeoutMs: 60_000,
      onProgress: () => {},
      onPhaseBegin: () => {},
      onPhaseEnd: () => {},
    },
    { threads: 2, sampleCount: null },
  );
  if (error !== null) throw error;
  if (damages.length > 0 || checkedFiles !== 6) {
    throw new Error(`${damages.length} of ${checkedFiles} files are damaged`);
  }
}

/**
 * Saves, loads and verifies a checkpoint of two ranks.
 *
 * @param settings Storage and folder.
 * @throws {Error} If anything fails or a byte is wrong.
 */
export async function checkCheckpoint(
  settings: readonly string[],
): Promise<void> {
  await runEngine(workloadOf([...settings, ...CHECKPOINT]), 2);
}
