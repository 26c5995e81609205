/**
 * Where everything is in an HDF5 file: all headers and indexes first, then
 * the data, so that a file is written front to back.
 *
 *    superblock, root group | object headers | chunk indexes | records_0 ...
 *    records_{K-1} | labels
 */
import type { FileSpec } from "../format.ts";
import { ELEMENT_BYTES } from "../format.ts";
import type { ChunkGrid } from "./chunk_tree.ts";
import { chunkCount, rootOffset, treeBytes } from "./chunk_tree.ts";
import type { Filter } from "./object_header.ts";
import {
  chunkedMessage,
  contiguousMessage,
  dataspaceMessage,
  datatypeMessage,
  fillValueMessage,
  filterMessage,
  objectHeaderBytes,
} from "./object_header.ts";
import { frontBytes } from "./root_group.ts";
import type { ArrayShape } from "./shapes.ts";
import { arrayBytes, arrayShapes, chunkCounts } from "./shapes.ts";

/** A dataset with its places. */
export interface PlacedArray {
  readonly shape: ArrayShape;
  readonly headerAddress: number;
  readonly messages: readonly Uint8Array[];
  /** Its chunks and their index; null where the data is contiguous. */
  readonly chunks: {
    readonly grid: ChunkGrid;
    readonly treeAddress: number;
  } | null;
  readonly dataAddress: number;
  /** Stored bytes of data. */
  readonly dataBytes: number;
}

/** All places in a file. */
export interface FileLayout {
  readonly arrays: readonly PlacedArray[];
  readonly fileBytes: number;
}

/** Stored length of chunk `index` of dataset `array`. */
export type ChunkBytes = (array: number, index: number) => number;

/** Filter of h5py's own; other readers need its plug-in. */
const LZF: Omit<Filter, "values"> = { id: 32000, name: "lzf" };
/** Revision of the filter and version of liblzf that h5py states. */
const LZF_VALUES = [4, 0x0105] as const;
const DEFLATE: Omit<Filter, "values"> = { id: 1, name: "" };

/**
 * Lays out a file.
 *
 * @param compressedBytes Length of each compressed chunk; null where chunks
 *   are stored as they are.
 */
export function layOutFile(
  spec: FileSpec,
  compressedBytes: ChunkBytes | null,
): FileLayout {
  const shapes = arrayShapes(spec);
  // Headers have one length wherever things are: measure, then place.
  let headerAddress = frontBytes(shapes.map(({ name }) => name));
  const headerAddresses = shapes.map((shape) => {
    const address = headerAddress;
    headerAddress += objectHeaderBytes(messagesOf(shape, spec, 0, 0));
    return address;
  });
  let treeAddress = headerAddress;
  const treeAddresses = shapes.map(({ dims, chunkDims }) => {
    const address = treeAddress;
    if (chunkDims !== null) {
      treeAddress += treeBytes(chunkCounts(dims, chunkDims));
    }
    return address;
  });

  let dataAddress = treeAddress;
  const arrays = shapes.map((shape, array): PlacedArray => {
    const places = {
      headerAddress: headerAddresses[array]!,
      treeAddress: treeAddresses[array]!,
      dataAddress,
      bytesOf: compressedBytes === null
        ? null
        : (index: number) => compressedBytes(array, index),
    };
    const placed = shape.chunkDims === null
      ? placeContiguous(shape, spec, places)
      : placeChunked(shape, shape.chunkDims, spec, places);
    dataAddress += placed.dataBytes;
    return placed;
  });
  return { arrays, fileBytes: dataAddress };
}

interface Places {
  readonly headerAddress: number;
  readonly treeAddress: number;
  readonly dataAddress: number;
  readonly bytesOf: ((index: number) => number) | null;
}

function placeContiguous(
  shape: ArrayShape,
  spec: FileSpec,
  { headerAddress, dataAddress }: Places,
): PlacedArray {
  const dataBytes = arrayBytes(shape.dims, shape.elementType);
  const messages = messagesOf(shape, spec, dataAddress, dataBytes);
  return {
    shape,
    headerAddress,
    messages,
    chunks: null,
    dataAddress,
    dataBytes,
  };
}

function placeChunked(
  shape: ArrayShape,
  chunkDims: readonly number[],
  spec: FileSpec,
  { headerAddress, treeAddress, dataAddress, bytesOf }: Places,
): PlacedArray {
  const counts = chunkCounts(shape.dims, chunkDims);
  const chunkBytes = arrayBytes(chunkDims, shape.elementType);
  const grid: ChunkGrid = bytesOf === null
    ? {
      counts,
      chunkDims,
      addressOf: (index) => dataAddress + index * chunkBytes,
      bytesOf: () => chunkBytes,
      // Random chunks do not get shorter by LZF, which then is skipped.
      filterMask: spec.dataset.compression === "lzf" ? 1 : 0,
    }
    : compressedGrid(counts, chunkDims, dataAddress, bytesOf);
  const count = chunkCount(counts);
  const last = count - 1;
  const rootAddress = treeAddress + rootOffset(counts);
  return {
    shape,
    headerAddress,
    messages: messagesOf(shape, spec, rootAddress, 0),
    chunks: { grid, treeAddress },
    dataAddress,
    dataBytes: grid.addressOf(last) + grid.bytesOf(last) - dataAddress,
  };
}

/** Keeps 8 bytes per chunk: where it begins. */
function compressedGrid(
  counts: readonly number[],
  chunkDims: readonly number[],
  dataAddress: number,
  bytesOf: (index: number) => number,
): ChunkGrid {
  const addresses = new Float64Array(chunkCount(counts));
  let address = dataAddress;
  for (let index = 0; index < addresses.length; index++) {
    addresses[index] = address;
    address += bytesOf(index);
  }
  return {
    counts,
    chunkDims,
    addressOf: (index) => addresses[index]!,
    bytesOf,
    filterMask: 0,
  };
}

function messagesOf(
  shape: ArrayShape,
  spec: FileSpec,
  address: number,
  dataBytes: number,
): Uint8Array[] {
  const { dims, maxDims, chunkDims, elementType } = shape;
  const common = [
    dataspaceMessage(dims, maxDims),
    datatypeMessage(elementType),
    fillValueMessage(),
  ];
  if (chunkDims === null) {
    return [...common, contiguousMessage(address, dataBytes)];
  }
  const layout = chunkedMessage(
    address,
    chunkDims,
    ELEMENT_BYTES[elementType],
  );
  const { compression, compressionLevel } = spec.dataset;
  const chunkBytes = arrayBytes(chunkDims, elementType);
  switch (compression) {
    case "gzip":
      return [
        ...common,
        filterMessage({ ...DEFLATE, values: [compressionLevel] }),
        layout,
      ];
    case "lzf":
      return [
        ...common,
        filterMessage({ ...LZF, values: [...LZF_VALUES, chunkBytes] }),
        layout,
      ];
    default:
      return [...common, layout];
  }
}
