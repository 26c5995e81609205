/**
 * The header of a safetensors file: with it in front, the bytes of a
 * checkpoint file are tensors that other tools open.
 *
 *    offset  bytes  field
 *         0      8  headerBytes, uint64 little-endian
 *         8      ...  JSON: name -> {dtype, shape, data_offsets}, spaces behind
 *    8 + headerBytes  the tensors, without gaps, in the order of the header
 *
 * Invariant: the tensors start at a multiple of the page size, so that they
 * are read and written without a copy through O_DIRECT.
 *
 * Spec: https://huggingface.co/docs/safetensors/index#format
 */
import { ceilToPage } from "../bytes/page_arena.ts";
import { DATATYPE_BYTES } from "./model_spec.ts";
import type { Datatype, TensorSpec } from "./model_spec.ts";

const LENGTH_BYTES = 8;

const DTYPES: Readonly<Record<Datatype, string>> = {
  fp16: "F16",
  bf16: "BF16",
  fp32: "F32",
  fp64: "F64",
  int8: "I8",
  uint8: "U8",
};

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Everything in front of the tensors.
 *
 * @param tensors In the order of their bytes; names differ from each other.
 * @returns Whole pages.
 */
export function safetensorsHeader(tensors: readonly TensorSpec[]): Uint8Array {
  const entries: Record<string, HeaderEntry> = {};
  let startOffset = 0;
  for (const { name, datatype, elementCount } of tensors) {
    const endOffset = startOffset + elementCount * DATATYPE_BYTES[datatype];
    entries[name] = {
      dtype: DTYPES[datatype],
      shape: [elementCount],
      data_offsets: [startOffset, endOffset],
    };
    startOffset = endOffset;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const header = new Uint8Array(ceilToPage(LENGTH_BYTES + json.length));
  header.fill(0x20, LENGTH_BYTES);
  header.set(json, LENGTH_BYTES);
  new DataView(header.buffer).setBigUint64(
    0,
    BigInt(header.length - LENGTH_BYTES),
    true,
  );
  return header;
}
