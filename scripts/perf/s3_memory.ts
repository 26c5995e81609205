/**
 * Memory that S3 takes beyond what a process had, at its peak, against parts
 * in flight × part size + 32 MB. Here less is better: the ratio must not be
 * above 1.
 */
import type { Measure, Measured } from "./measure.ts";
import {
  type ObjectServer,
  startObjectServer,
} from "./object_server_process.ts";

const MIB = 2 ** 20;
/** Beside the parts. */
const SURPLUS_MB = 32;
const GET_COUNT = 256;
const GET_BYTES = 16 * MIB;

/** What is moved, and with what options. */
export interface MemoryOrder {
  readonly options: Readonly<Record<string, unknown>>;
  readonly objectBytes: number;
  /** GETs of the object beforehand written; 0: what counts is writing it. */
  readonly getCount: number;
}

/** Rows "s3.memory*". */
export const measures: readonly Measure[] = [
  { id: "s3.memory_put", run: () => measurePut("fetch", 16, 8) },
  { id: "s3.memory_put_128", run: () => measurePut("fetch", 128, 8) },
  { id: "s3.memory_put_aws_sdk", run: () => measurePut("aws-sdk", 16, 8) },
  { id: "s3.memory_put_minio", run: () => measurePut("minio", 16, 8) },
  { id: "s3.memory_get", run: () => measureGet("fetch", 64) },
];

/** One object of four times as many bytes as may be in flight. */
async function measurePut(
  library: string,
  partMebibytes: number,
  partsInFlight: number,
): Promise<Measured> {
  await using server = await startObjectServer();
  const underWayBytes = partMebibytes * partsInFlight * MIB;
  const bytes = await peakBytes({
    options: {
      ...optionsOf(library, server),
      multipart_part_size: partMebibytes * 2 ** 20,
      multipart_parts_in_flight: partsInFlight,
    },
    objectBytes: 4 * underWayBytes,
    getCount: 0,
  });
  return measured(bytes, underWayBytes);
}

async function measureGet(
  library: string,
  window: number,
): Promise<Measured> {
  await using server = await startObjectServer();
  const bytes = await peakBytes({
    options: { ...optionsOf(library, server), prefetch_window: window },
    objectBytes: GET_BYTES,
    getCount: GET_COUNT,
  });
  return measured(bytes, window * GET_BYTES);
}

function measured(bytes: number, underWayBytes: number): Measured {
  const limit = underWayBytes / 1e6 + SURPLUS_MB;
  return { unit: "MB", value: bytes / 1e6, limit };
}

function optionsOf(library: string, { endpoint }: ObjectServer) {
  return {
    storage_library: library,
    endpoint_url: endpoint,
    access_key_id: "perf",
    secret_access_key: "perf-secret",
  };
}

async function peakBytes(order: MemoryOrder): Promise<number> {
  const program = new URL("./s3_memory_process.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-A", program, JSON.stringify(order)],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Number(new TextDecoder().decode(stdout));
}
