/**
 * S3 through the engine against a bare fetch loop over the same objects, as
 * many threads and requests in flight; the server is a process of its own
 * that costs next to nothing.
 */
import type { Workload } from "../../lib/config/workload.ts";
import type { PhaseRecord } from "../../lib/metrics/run_record.ts";
import { EMPTY_SHA256, SigV4Signer } from "../../lib/storage/s3/sigv4.ts";
import { doneSeconds, runEngine, workloadOf } from "./engine_run.ts";
import { fetchLoop } from "./fetch_loop.ts";
import {
  type Measure,
  type Measured,
  medianOf,
  medianPair,
  secondsOf,
} from "./measure.ts";
import { startObjectServer } from "./object_server_process.ts";

const ROUND_COUNT = 5;
const BUCKET = "perf";
const LARGE_BYTES = 16 * 2 ** 20;
const SMALL_BYTES = 150_000;

/** What is read or written, and how many requests are in flight. */
interface Shape {
  readonly library: string;
  readonly fileCount: number;
  readonly recordBytes: number;
  readonly inFlight: number;
  /** Files per batch: each batch wakes the accelerator once. */
  readonly batchSize: number;
  readonly unit: "GB/s" | "objects/s";
}

const LARGE: Shape = {
  library: "fetch",
  fileCount: 64,
  recordBytes: LARGE_BYTES,
  inFlight: 4,
  batchSize: 1,
  unit: "GB/s",
};
const SMALL: Shape = {
  library: "fetch",
  fileCount: 4000,
  recordBytes: SMALL_BYTES,
  inFlight: 8,
  batchSize: 32,
  unit: "objects/s",
};

/** Rows "s3.*". */
export const measures: readonly Measure[] = [
  { id: "s3.get", run: () => measureGets(LARGE) },
  {
    id: "s3.get_aws_sdk",
    run: () => measureGets({ ...LARGE, library: "aws-sdk" }),
  },
  {
    id: "s3.get_minio",
    run: () => measureGets({ ...LARGE, library: "minio" }),
  },
  { id: "s3.small", run: () => measureGets(SMALL) },
  { id: "s3.put", run: () => measurePuts(LARGE) },
  { id: "s3.sign", run: measureSigning },
];

async function measureGets(shape: Shape): Promise<Measured> {
  await using server = await startObjectServer();
  const settings = settingsOf(shape, server.endpoint);
  await runEngine(workloadOf([...settings, "workflow.train=false"]));
  const training = workloadOf([...settings, "workflow.generate_data=false"]);
  return await measure(
    shape,
    training,
    () =>
      fetchLoop(urlsOf(shape, server.endpoint), {
        threads: 1,
        inFlight: shape.inFlight,
      }),
  );
}

async function measurePuts(shape: Shape): Promise<Measured> {
  await using server = await startObjectServer();
  const generation = workloadOf([
    ...settingsOf(shape, server.endpoint),
    "workflow.train=false",
  ]);
  return await measure(
    shape,
    generation,
    (phase) =>
      fetchLoop(urlsOf(shape, server.endpoint), {
        threads: 2,
        inFlight: 1,
        putBytes: Math.round(phase.bytesRequested / shape.fileCount),
      }),
  );
}

/** Rounds of the engine and of the loop, in turns. */
async function measure(
  shape: Shape,
  workload: Workload,
  loop: (phase: PhaseRecord) => Promise<number>,
): Promise<Measured> {
  const run = async () => {
    const [phase] = await runEngine(workload);
    if (phase === undefined) throw new Error("nothing was run");
    return phase;
  };
  // Says how much is moved, and warms up.
  const first = await run();
  const amount = shape.unit === "GB/s"
    ? first.bytesRequested / 1e9
    : shape.fileCount;
  const pair = await medianPair(ROUND_COUNT, async () => {
    const phase = await run();
    return amount /
      (phase.ranks.length > 0 ? doneSeconds(phase) : phase.durationSeconds);
  }, async () => amount / await loop(first));
  return { unit: shape.unit, ...pair };
}

function settingsOf(shape: Shape, endpoint: string): string[] {
  return [
    "workflow.generate_data=true",
    "dataset.format=npz",
    "dataset.data_folder=data",
    `dataset.num_files_train=${shape.fileCount}`,
    `dataset.record_length_bytes=${shape.recordBytes}`,
    `reader.batch_size=${shape.batchSize}`,
    "reader.read_threads=1",
    "reader.write_threads=2",
    "reader.prefetch_size=64",
    "storage.storage_type=s3",
    `storage.storage_root=${BUCKET}`,
    `storage.storage_options.storage_library=${shape.library}`,
    `storage.storage_options.endpoint_url=${endpoint}`,
    "storage.storage_options.access_key_id=perf",
    "storage.storage_options.secret_access_key=perf-secret",
    `storage.storage_options.prefetch_window=${shape.inFlight}`,
    // One PUT for each object, as the bare loop does it.
    "storage.storage_options.multipart_threshold=64MiB",
  ];
}

function urlsOf({ fileCount }: Shape, endpoint: string): string[] {
  const digits = `${fileCount}`.length;
  return Array.from({ length: fileCount }, (_, index) => {
    const number = `${index}`.padStart(digits, "0");
    return `${endpoint}/${BUCKET}/data/train/img_${number}_of_${fileCount}.npz`;
  });
}

async function measureSigning(): Promise<Measured> {
  const signer = new SigV4Signer({
    accessKeyId: "perf",
    secretAccessKey: "perf-secret",
    sessionToken: null,
    region: "us-east-1",
  });
  const count = 20_000;
  const signMany = () => {
    for (let i = 0; i < count; i++) {
      signer.sign({
        method: "GET",
        host: "127.0.0.1:9000",
        path: `/${BUCKET}/data/train/img_${i}.npz`,
        query: "",
        payloadHash: EMPTY_SHA256,
        amzHeaders: [],
      }, Date.now());
    }
  };
  const value = await medianOf(
    ROUND_COUNT,
    () => secondsOf(signMany) * 1e6 / count,
  );
  return { unit: "us", value, limit: null };
}
