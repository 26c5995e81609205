/**
 * The bytes of a checkpoint file, addressable at any offset: what a writer
 * writes and what a verifier expects.
 *
 *    raw           payload
 *    safetensors   header, payload
 *
 * The payload is random, unique for every file of every checkpoint and
 * reproducible: a pure function of the seed, the checkpoint, the rank that
 * writes the file and the file's number among that rank's. With
 * `checkpoint.randomize_tensor: false` it is one byte over and over.
 */
import type { RandomSource } from "../random/random_source.ts";
import { combine32 } from "../random/seeds.ts";
import type { CheckpointFile } from "./checkpoint_files.ts";
import type { TensorSpec } from "./model_spec.ts";
import { safetensorsHeader } from "./safetensors.ts";

/** What a file of a checkpoint looks like. */
export type Container = "raw" | "safetensors";

/** Every byte of a file whose payload is not random; DLIO's tensor of ones. */
export const CONSTANT_BYTE = 1;

// Keeps checkpoints apart from datasets, whose streams are file indices.
const CHECKPOINT_SEED_TAG = 0x63_6b_70_74;

/** Which checkpoint of a run: what its folder is named after. */
export interface CheckpointId {
  readonly epoch: number;
  readonly step: number;
}

/** Where a file stands among all that a run writes. */
export interface FilePlace extends CheckpointId {
  /** The accelerator that writes it. */
  readonly rank: number;
  /** Its number among that rank's files. */
  readonly fileIndex: number;
}

/** Bytes of one file. */
export interface FileContent {
  /** Length of the whole file. */
  readonly fileBytes: number;
  /**
   * Writes the file's bytes from `offset` on.
   *
   * @param view Where to, in the random source's arena; must not reach
   *   beyond the end of the file.
   */
  fill(view: Uint8Array, offset: number): void;
}

/**
 * The seed of the random source that fills checkpoints.
 *
 * @param seed `train.seed`.
 */
export function checkpointSeed(seed: number): number {
  return combine32(CHECKPOINT_SEED_TAG, seed);
}

/**
 * The stream of one file: 53 bits, so that two of the millions of files of a
 * long run do not meet.
 */
export function fileStream(place: FilePlace): number {
  const { epoch, step, rank, fileIndex } = place;
  const checkpoint = combine32(combine32(0, epoch), step);
  const upper = combine32(combine32(checkpoint, rank), fileIndex);
  const lower = combine32(upper ^ checkpoint, rank) >>> 11;
  return upper * 2 ** 21 + lower;
}

/**
 * The bytes of a file.
 *
 * @param file What it holds.
 * @param place Where it stands.
 * @param options Source: null writes {@linkcode CONSTANT_BYTE}.
 */
export function createFileContent(
  file: CheckpointFile,
  place: FilePlace,
  options: {
    readonly container: Container;
    readonly source: RandomSource | null;
  },
): FileContent {
  const { container, source } = options;
  const header = container === "raw"
    ? new Uint8Array(0)
    : safetensorsHeader(tensorsOf(file));
  const stream = fileStream(place);
  const headerBytes = header.length;
  return {
    fileBytes: headerBytes + file.byteCount,
    fill(view: Uint8Array, offset: number): void {
      let payload = view;
      let payloadOffset = offset - headerBytes;
      if (payloadOffset < 0) {
        const part = header.subarray(offset, offset + view.length);
        view.set(part);
        payload = view.subarray(part.length);
        payloadOffset = 0;
      }
      if (payload.length === 0) return;
      if (source === null) payload.fill(CONSTANT_BYTE);
      else source.fill(payload, stream, payloadOffset);
    },
  };
}

/**
 * Bytes of a file in its container, without making its content.
 *
 * @param file What it holds.
 * @param container What it looks like.
 */
export function containedBytes(
  file: CheckpointFile,
  container: Container,
): number {
  if (container === "raw") return file.byteCount;
  return safetensorsHeader(tensorsOf(file)).length + file.byteCount;
}

/** A scaled file is shorter than its tensors: then it is one of bytes. */
function tensorsOf(file: CheckpointFile): readonly TensorSpec[] {
  if (file.byteCount === file.fullBytes) return file.tensors;
  return [{
    name: "scaled",
    datatype: "uint8",
    elementCount: file.byteCount,
  }];
}
