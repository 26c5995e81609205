/**
 * HDF5 files read back by the HDF5 library itself, as h5wasm.
 */
import { assertEquals, assertLess } from "@std/assert";
import * as h5wasm from "h5wasm";
import type {
  DatasetSpec,
  ElementType,
  FileSpec,
} from "../../lib/formats/format.ts";
import { ELEMENT_BYTES } from "../../lib/formats/format.ts";
import { hdf5 } from "../../lib/formats/hdf5.ts";
import { encodeFile, fileSpec, streamBytes } from "./encoded_file.ts";

const { FS } = await h5wasm.ready;

interface Hdf5Settings {
  readonly chunkDims?: readonly number[];
  readonly datasetsPerRecord?: number;
  readonly maxShape?: readonly number[];
}

function spec(
  dims: readonly number[],
  settings: Hdf5Settings = {},
  dataset: Partial<DatasetSpec> = {},
): FileSpec {
  const plain = { chunkDims: [], datasetsPerRecord: 1, maxShape: [] };
  return fileSpec(dims, { ...dataset, hdf5: { ...plain, ...settings } }, 6);
}

/** Runs `check` with the opened file. */
function withFile(bytes: Uint8Array, check: (file: h5wasm.File) => void): void {
  FS.writeFile("file.hdf5", bytes);
  const file = new h5wasm.File("file.hdf5", "r");
  try {
    check(file);
  } finally {
    file.close();
    FS.unlink("file.hdf5");
  }
}

function dataset(file: h5wasm.File, name: string): h5wasm.Dataset {
  const found = file.get(name);
  if (!(found instanceof h5wasm.Dataset)) throw new Error(`no ${name}`);
  return found;
}

function bytesOf(array: h5wasm.Dataset): Uint8Array {
  const value = array.value as unknown as ArrayBufferView;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/** The array that chunks of stream bytes make, put together one by one. */
function assemble(
  stream: Uint8Array,
  dims: readonly number[],
  chunkDims: readonly number[],
  elementBytes: number,
): Uint8Array {
  const counts = dims.map((dim, axis) => Math.ceil(dim / chunkDims[axis]!));
  const size = (shape: readonly number[]) =>
    shape.reduce((product, dim) => product * dim, 1);
  const array = new Uint8Array(size(dims) * elementBytes);
  const index = (place: number[], shape: readonly number[]) =>
    place.reduce((sum, at, axis) => sum * shape[axis]! + at, 0);
  for (let element = 0; element < size(dims); element++) {
    let rest = element;
    const place = dims.map(() => 0);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      place[axis] = rest % dims[axis]!;
      rest = Math.floor(rest / dims[axis]!);
    }
    const chunk = place.map((at, axis) => Math.floor(at / chunkDims[axis]!));
    const inner = place.map((at, axis) => at % chunkDims[axis]!);
    const from = index(chunk, counts) * size(chunkDims) +
      index(inner, chunkDims);
    for (let i = 0; i < elementBytes; i++) {
      array[element * elementBytes + i] = stream[from * elementBytes + i]!;
    }
  }
  return array;
}

const DTYPES: readonly [ElementType, string][] = [
  ["uint8", "<B"],
  ["uint16", "<H"],
  ["uint32", "<I"],
  ["uint64", "<Q"],
  ["int8", "<b"],
  ["int16", "<h"],
  ["int32", "<i"],
  ["int64", "<q"],
  ["float32", "<f"],
  ["float64", "<d"],
];

for (const [elementType, dtype] of DTYPES) {
  Deno.test(`encode() makes ${elementType} records of the stream`, () => {
    const file = encodeFile(
      hdf5,
      spec([5, 7], {}, { elementType, samplesPerFile: 3 }),
    );
    withFile(file, (opened) => {
      assertEquals(opened.keys(), ["labels", "records_0"]);
      const records = dataset(opened, "records_0");
      assertEquals(records.dtype, dtype);
      assertEquals(records.shape, [3, 5, 7]);
      const byteCount = 3 * 5 * 7 * ELEMENT_BYTES[elementType];
      assertEquals(bytesOf(records), streamBytes(6, 0, byteCount));
    });
  });
}

Deno.test("encode() makes zero labels, one per sample", () => {
  withFile(
    encodeFile(hdf5, spec([4, 4], {}, { samplesPerFile: 9 })),
    (file) => {
      const labels = dataset(file, "labels");
      assertEquals(labels.shape, [9]);
      assertEquals(labels.value, new BigInt64Array(9));
    },
  );
});

Deno.test("encode() divides a record among datasets with data of their own", () => {
  const settings = { datasetsPerRecord: 30 };
  const file = encodeFile(
    hdf5,
    spec([60, 5, 3], settings, { samplesPerFile: 2 }),
  );
  withFile(file, (opened) => {
    assertEquals(opened.keys().length, 31);
    for (let k = 0; k < 30; k++) {
      const records = dataset(opened, `records_${k}`);
      assertEquals(records.shape, [2, 2, 5, 3]);
      assertEquals(bytesOf(records), streamBytes(6, k * 60, 60));
    }
  });
});

Deno.test("encode() drops the divided axis where it is 1", () => {
  const settings = { datasetsPerRecord: 4 };
  withFile(encodeFile(hdf5, spec([4, 9], settings)), (file) => {
    assertEquals(dataset(file, "records_3").shape, [1, 9]);
  });
  withFile(encodeFile(hdf5, spec([1, 9, 9])), (file) => {
    assertEquals(dataset(file, "records_0").shape, [1, 9, 9]);
  });
});

for (
  const [name, dims, settings, samplesPerFile] of [
    ["one chunk", [5, 7], { chunkDims: [2, 5, 7] }, 2],
    ["chunks over the edges", [5, 7], { chunkDims: [2, 2, 4] }, 3],
    ["64 chunks, one full node", [8, 8], { chunkDims: [1, 1, 8] }, 8],
    ["65 chunks, two nodes", [13, 8], { chunkDims: [1, 1, 8] }, 5],
    ["three levels of nodes", [70, 70], { chunkDims: [1, 1, 1] }, 1],
    ["two datasets", [10, 6], {
      chunkDims: [1, 3, 4],
      datasetsPerRecord: 2,
    }, 2],
  ] as const
) {
  Deno.test(`encode() indexes ${name}`, () => {
    const elementType = "int16";
    const file = encodeFile(
      hdf5,
      spec(dims, settings, { samplesPerFile, elementType }),
    );
    withFile(file, (opened) => {
      let streamOffset = 0;
      for (const key of opened.keys().filter((key) => key !== "labels")) {
        const records = dataset(opened, key);
        assertEquals(records.metadata.chunks, [...settings.chunkDims]);
        const shape = records.shape!;
        const stream = streamBytes(6, streamOffset, 4 * 70 * 70 * 2);
        assertEquals(
          bytesOf(records),
          assemble(stream, shape, settings.chunkDims, 2),
        );
        const chunks = shape.reduce(
          (n, dim, axis) => n * Math.ceil(dim / settings.chunkDims[axis]!),
          1,
        );
        const chunkElements = settings.chunkDims.reduce<number>(
          (n, dim) => n * dim,
          1,
        );
        streamOffset += chunks * chunkElements * 2;
      }
    });
  });
}

Deno.test("encode() gives datasets the largest shape they may grow to", () => {
  const settings = { maxShape: [20, 30] };
  withFile(encodeFile(hdf5, spec([14, 15], settings)), (file) => {
    const { metadata } = dataset(file, "records_0");
    assertEquals(metadata.maxshape, [1, 20, 30]);
    assertEquals(metadata.chunks, [1, 14, 15]);
  });
});

Deno.test("chunks without given dimensions stay at a mebibyte", () => {
  const settings = { maxShape: [2000, 1000] };
  const file = encodeFile(
    hdf5,
    spec([1100, 1000], settings, { samplesPerFile: 2 }),
  );
  withFile(file, (opened) => {
    const records = dataset(opened, "records_0");
    assertEquals(records.metadata.chunks, [1, 550, 1000]);
    const stream = streamBytes(6, 0, 4 * 550 * 1000);
    assertEquals(bytesOf(records), stream);
  });
});

Deno.test("encode() with gzip makes chunks that inflate to the stream", () => {
  const codec = {
    samplesPerFile: 3,
    compression: "gzip",
    compressionLevel: 1,
  };
  const settings = { chunkDims: [1, 10, 100] };
  const file = encodeFile(hdf5, spec([95, 150], settings, codec));
  withFile(file, (opened) => {
    const records = dataset(opened, "records_0");
    assertEquals(records.filters, [
      { id: 1, name: "deflate", cd_values: [1] },
    ]);
    const stream = streamBytes(6, 0, 3 * 10 * 2 * 1000);
    assertEquals(
      bytesOf(records),
      assemble(stream, [3, 95, 150], [1, 10, 100], 1),
    );
  });
});

Deno.test("encode() with lzf marks chunks as left uncompressed", () => {
  const file = encodeFile(
    hdf5,
    spec([20, 20], {}, { compression: "lzf", samplesPerFile: 2 }),
  );
  withFile(file, (opened) => {
    const records = dataset(opened, "records_0");
    assertEquals(records.filters[0]!.id, 32000);
    assertEquals(bytesOf(records), streamBytes(6, 0, 800));
  });
});

Deno.test("a contiguous file is its data and less than 2 KiB", () => {
  const bytes = hdf5.fileBytes(spec([1000, 1000]))!;
  assertLess(bytes - 1_000_000, 2048);
});

Deno.test("problems() refuses dimensions that cannot be divided or chunked", () => {
  const problem = (settings: Hdf5Settings, dims = [6, 8]) => {
    const problems = hdf5.problems(spec(dims, settings));
    assertEquals(problems.length, 1);
    return problems[0]!;
  };
  assertEquals(
    problem({ datasetsPerRecord: 4 }),
    "Cannot use dataset.hdf5.num_dset_per_record = 4: it must divide the " +
      "first dimension of a record, 6",
  );
  problem({ datasetsPerRecord: 0 });
  problem({ chunkDims: [2, 2] });
  problem({ chunkDims: [1, 7, 8] });
  problem({ chunkDims: [1, 0, 8] });
  problem({ maxShape: [6] });
  problem({ maxShape: [5, 8] });
  problem({ chunkDims: [1, 70_000, 70_000] }, [70_000, 70_000]);
});

Deno.test("problems() refuses levels that deflate does not have", () => {
  const level = { compression: "gzip", compressionLevel: 10 };
  assertEquals(hdf5.problems(spec([6, 8], {}, level)).length, 1);
  assertEquals(
    hdf5.problems(spec([6, 8], {}, { compression: "xz" })).length,
    1,
  );
  const lzf = { compression: "lzf", compressRatio: 2 };
  assertEquals(hdf5.problems(spec([6, 8], {}, lzf)).length, 1);
});

Deno.test("encode() for DLIO 2.0.0 calls the records by its one name", () => {
  const compat = { samplesPerFile: 3, dlioCompat: "2.0.0" } as const;
  withFile(encodeFile(hdf5, spec([5, 7], {}, compat)), (opened) => {
    assertEquals(opened.keys(), ["labels", "records"]);
    const records = dataset(opened, "records");
    assertEquals(records.shape, [3, 5, 7]);
    assertEquals(bytesOf(records), streamBytes(6, 0, 105));
  });
  const [problem] = hdf5.problems(
    spec([6, 7], { datasetsPerRecord: 2 }, compat),
  );
  assertEquals(
    problem,
    "Cannot use dataset.hdf5.num_dset_per_record = 2 with " +
      "dataset.dlio_compat = 2.0.0: it must be 1, since 2.0.0 reads one dataset",
  );
});
