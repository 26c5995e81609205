import { assertEquals } from "@std/assert";
import { arrayShapes, recordDims } from "../../../lib/formats/hdf5/shapes.ts";
import { layOutFile } from "../../../lib/formats/hdf5/file_layout.ts";
import { fileSpec } from "../encoded_file.ts";

function spec(
  dims: readonly number[],
  datasetsPerRecord = 1,
  chunkDims: readonly number[] = [],
) {
  const hdf5 = { chunkDims, datasetsPerRecord, maxShape: [] };
  return fileSpec(dims, { samplesPerFile: 10, hdf5 });
}

Deno.test("recordDims() divides the first dimension and drops a 1", () => {
  assertEquals(recordDims(spec([6, 4])), [10, 6, 4]);
  assertEquals(recordDims(spec([6, 4], 3)), [10, 2, 4]);
  assertEquals(recordDims(spec([6, 4], 6)), [10, 4]);
  assertEquals(recordDims(spec([6], 6)), [10]);
  assertEquals(recordDims(spec([1, 6, 4])), [10, 6, 4]);
  // A drawn height of 1 stays.
  assertEquals(recordDims(spec([1, 4])), [10, 1, 4]);
});

Deno.test("arrayShapes() lists records in order and then labels", () => {
  assertEquals(
    arrayShapes(spec([6, 4], 3)).map(({ name, chunkDims }) => [
      name,
      chunkDims,
    ]),
    [
      ["records_0", null],
      ["records_1", null],
      ["records_2", null],
      ["labels", null],
    ],
  );
});

Deno.test("layOutFile() puts data behind all headers, without gaps", () => {
  const { arrays, fileBytes } = layOutFile(spec([6, 4], 2, [1, 2, 3]), null);
  const [first, second, labels] = arrays;
  // 10 × 2 × 2 chunks of 6 bytes.
  assertEquals(first!.dataBytes, 240);
  assertEquals(second!.dataAddress, first!.dataAddress + 240);
  assertEquals(labels!.dataAddress, second!.dataAddress + 240);
  assertEquals(fileBytes, labels!.dataAddress + 80);
  assertEquals(
    arrays.every((array) => array.headerAddress < first!.dataAddress),
    true,
  );
});

Deno.test("layOutFile() places compressed chunks one behind the other", () => {
  const lengths = [7, 1, 9, 4];
  const file = fileSpec([2, 2], {
    compression: "gzip",
    hdf5: { chunkDims: [1, 1, 1], datasetsPerRecord: 1, maxShape: [] },
  });
  const { arrays } = layOutFile(file, (_array, index) => lengths[index]!);
  const { dataAddress, dataBytes, chunks } = arrays[0]!;
  const places = lengths.map((_, i) => chunks!.grid.addressOf(i) - dataAddress);
  assertEquals(places, [0, 7, 8, 17]);
  assertEquals(dataBytes, 21);
});
