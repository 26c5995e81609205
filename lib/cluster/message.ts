/**
 * What processes tell each other, as bytes: plain data, maps and typed arrays.
 *
 *    u32 LE    length of the text
 *    text      JSON; what JSON has not got stands in it as {"\0": [kind, ...]}
 *    arrays    the bytes of each typed array, each at a multiple of 8
 *
 * Numbers of arrays cross as they are, in the byte order of the hosts: all of
 * Deno's are little-endian. Shared memory, and an array on it, is on shared
 * memory again, so that it costs nothing to hand it to threads.
 */

/** Names what JSON has not got; no key of any data begins so. */
const TAG = "\0";

const ALIGNMENT = 8;
/** Shorter arrays are sent as they are. */
const SPARSE_LENGTH_MIN = 64;
const LENGTH_BYTES = 4;

const ARRAY_TYPES = {
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Int32Array,
  Float64Array,
} as const;

type ArrayName = keyof typeof ARRAY_TYPES;
type KnownArray =
  | Uint8Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Float64Array<ArrayBufferLike>;

/** The constructor of any of them. */
interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBufferLike): KnownArray;
}

/** `{"\0": [...]}` of something that JSON has not got. */
type Tagged =
  | readonly ["number", string]
  | readonly ["map", readonly (readonly [unknown, unknown])[]]
  | readonly ["array" | "shared", ArrayName, number, number]
  | readonly ["memory", number, number]
  | readonly ["sparse", number, number, number];

/**
 * Encodes plain data.
 *
 * @param value Objects, lists, texts, numbers, null, maps, typed arrays of
 *   {@linkcode ARRAY_TYPES}. Keys whose value is undefined are left out.
 * @throws {TypeError} For anything else: a defect of whoever sends it.
 */
export function encodeMessage(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: KnownArray[] = [];
  let arrayBytes = 0;
  const add = (array: KnownArray): number => {
    const at = arrayBytes;
    arrays.push(array);
    arrayBytes += aligned(array.byteLength);
    return at;
  };
  const text = JSON.stringify(value ?? null, (_key, each: unknown) => {
    if (typeof each === "number" && !Number.isFinite(each)) {
      return tagged(["number", String(each)]);
    }
    if (typeof each === "bigint" || typeof each === "function") {
      throw new TypeError(`Cannot send a ${typeof each} to other processes`);
    }
    if (each instanceof Map) return tagged(["map", [...each]]);
    const isMemory = each instanceof SharedArrayBuffer;
    if (!isMemory && !ArrayBuffer.isView(each)) return each;
    const array = isMemory ? new Uint8Array(each) : knownArray(each);
    const indexes = sparseIndexes(array);
    if (indexes !== null) {
      const at = add(indexes);
      add(Float64Array.from(indexes, (index) => array[index] ?? 0));
      return tagged(["sparse", at, indexes.length, array.length]);
    }
    const at = add(array);
    if (isMemory) return tagged(["memory", at, array.length]);
    const isShared = array.buffer instanceof SharedArrayBuffer;
    return tagged([
      isShared ? "shared" : "array",
      nameOf(array),
      at,
      array.length,
    ]);
  });
  const textBytes = new TextEncoder().encode(text);
  const arraysAt = aligned(LENGTH_BYTES + textBytes.length);
  const bytes = new Uint8Array(arraysAt + arrayBytes);
  new DataView(bytes.buffer).setUint32(0, textBytes.length, true);
  bytes.set(textBytes, LENGTH_BYTES);
  let at = arraysAt;
  for (const array of arrays) {
    bytes.set(bytesOf(array), at);
    at += aligned(array.byteLength);
  }
  return bytes;
}

/**
 * Decodes what {@linkcode encodeMessage} gave.
 *
 * @returns The same data; arrays have memory of their own.
 * @throws {SyntaxError} If the bytes are no message.
 */
export function decodeMessage<T>(bytes: Uint8Array): T {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textLength = bytes.length < LENGTH_BYTES
    ? NaN
    : view.getUint32(0, true);
  if (!(LENGTH_BYTES + textLength <= bytes.length)) {
    throw new SyntaxError(
      `Cannot read a message of ${bytes.length} bytes as it must have its ` +
        `whole text: ${textLength} bytes`,
    );
  }
  const text = new TextDecoder().decode(
    bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + textLength),
  );
  const arraysAt = aligned(LENGTH_BYTES + textLength);
  // Most messages have no array: a reviver would cost them time for nothing.
  const hasTags = text.includes(JSON.stringify(TAG).slice(1, -1));
  if (!hasTags) return JSON.parse(text);
  return JSON.parse(text, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || !(TAG in each)) {
      return each;
    }
    return untagged(each[TAG] as Tagged, bytes, arraysAt);
  });
}

function tagged(content: Tagged) {
  return { [TAG]: content };
}

function untagged(
  content: Tagged,
  bytes: Uint8Array,
  arraysAt: number,
): unknown {
  if (content[0] === "number") return Number(content[1]);
  if (content[0] === "map") return new Map(content[1]);
  if (content[0] === "sparse") {
    const [, at, count, length] = content;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return dense(view, { indexesAt: arraysAt + at, count, length });
  }
  const [kind, name, at, length] = content[0] === "memory"
    ? [content[0], "Uint8Array" as const, content[1], content[2]]
    : content;
  const type: ArrayType = ARRAY_TYPES[name];
  const byteLength = length * type.BYTES_PER_ELEMENT;
  const from = arraysAt + at;
  const source = bytes.subarray(from, from + byteLength);
  if (kind === "array") return new type(source.slice().buffer);
  const memory = new SharedArrayBuffer(byteLength);
  new Uint8Array(memory).set(source);
  return kind === "memory" ? memory : new type(memory);
}

/**
 * Where an array of numbers has any, if that is few places: histograms are
 * mostly empty, and thousands of processes send theirs to one.
 */
function sparseIndexes(array: KnownArray): Uint32Array | null {
  const isPrivate = !(array.buffer instanceof SharedArrayBuffer);
  if (!(array instanceof Float64Array) || !isPrivate) return null;
  if (array.length < SPARSE_LENGTH_MIN) return null;
  const indexes: number[] = [];
  for (let at = 0; at < array.length; at++) {
    if (array[at] !== 0) indexes.push(at);
  }
  return indexes.length < array.length / 2 ? Uint32Array.from(indexes) : null;
}

/** Indexes, then as many values. */
function dense(
  view: DataView,
  { indexesAt, count, length }: {
    readonly indexesAt: number;
    readonly count: number;
    readonly length: number;
  },
): Float64Array {
  const valuesAt = indexesAt + aligned(count * Uint32Array.BYTES_PER_ELEMENT);
  const array = new Float64Array(length);
  for (let entry = 0; entry < count; entry++) {
    const index = view.getUint32(indexesAt + 4 * entry, true);
    array[index] = view.getFloat64(valuesAt + 8 * entry, true);
  }
  return array;
}

function knownArray(view: ArrayBufferView): KnownArray {
  if (Object.hasOwn(ARRAY_TYPES, view.constructor.name)) {
    return view as KnownArray;
  }
  throw new TypeError(
    `Cannot send a ${view.constructor.name} to other processes`,
  );
}

function nameOf(array: KnownArray): ArrayName {
  return array.constructor.name as ArrayName;
}

function bytesOf({ buffer, byteOffset, byteLength }: KnownArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
