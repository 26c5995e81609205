/**
 * The objects that every S3 client of the comparison reads, and the settings
 * under which Stoker writes and reads them.
 */
import type { ClientOrder } from "./s3_clients.ts";

/** Objects and requests of one comparison. */
export const OBJECT_COUNT = 64;
/** Of the content; npz adds a header of some 300 bytes. */
export const OBJECT_BYTES = 16 * 2 ** 20;
/** Reader threads where a client has such; else threads × requests. */
export const THREAD_COUNT = 2;
/** Requests in flight per thread. */
export const IN_FLIGHT_PER_THREAD = 16;

/** Keys in the bucket, as Stoker names a dataset of npz files. */
export function objectKeys(): string[] {
  const digits = `${OBJECT_COUNT}`.length;
  return Array.from({ length: OBJECT_COUNT }, (_, index) => {
    const number = `${index}`.padStart(digits, "0");
    return `data/train/img_${number}_of_${OBJECT_COUNT}.npz`;
  });
}

/** Stoker's settings for both writing and reading. */
export function stokerSettings(
  { library, endpoint, bucket, accessKeyId, secretAccessKey }: ClientOrder,
): string[] {
  const options = "storage.storage_options";
  return [
    "dataset.format=npz",
    "dataset.data_folder=data",
    `dataset.num_files_train=${OBJECT_COUNT}`,
    `dataset.record_length_bytes=${OBJECT_BYTES}`,
    "reader.batch_size=1",
    `reader.read_threads=${THREAD_COUNT}`,
    `reader.prefetch_size=${OBJECT_COUNT}`,
    "storage.storage_type=s3",
    `storage.storage_root=${bucket}`,
    `${options}.storage_library=${library}`,
    `${options}.endpoint_url=${endpoint}`,
    `${options}.access_key_id=${accessKeyId}`,
    `${options}.secret_access_key=${secretAccessKey}`,
    `${options}.prefetch_window=${IN_FLIGHT_PER_THREAD}`,
    // One PUT for each object: no reader then asks for parts of an upload.
    `${options}.multipart_threshold=64MiB`,
  ];
}
