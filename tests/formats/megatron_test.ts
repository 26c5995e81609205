import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import * as fc from "fast-check";
import { RangeList } from "../../lib/bytes/range_list.ts";
import { FormatError } from "../../lib/errors.ts";
import type { FileSpec, MegatronSettings } from "../../lib/formats/format.ts";
import { megatron } from "../../lib/formats/megatron.ts";
import { DocumentLengths } from "../../lib/formats/megatron/document_lengths.ts";
import { DocumentOrder } from "../../lib/formats/megatron/document_order.ts";
import { indexPath } from "../../lib/formats/megatron/index_file.ts";
import type { OpenedMegatron } from "../../lib/formats/megatron/open.ts";
import {
  encodeFile,
  fileSpec,
  joinChunks,
  MemoryFile,
  plan,
  scalarTools,
  streamBytes,
} from "./encoded_file.ts";

function megatronSpec(
  samples: number,
  settings: Partial<MegatronSettings> = {},
): FileSpec {
  return fileSpec([4, 8], {
    samplesPerFile: samples,
    elementType: "int32",
    megatron: { documentLength: 10, documentLengthStdev: 8, ...settings },
  }, 2);
}

function indexOf(spec: FileSpec): Uint8Array {
  return joinChunks(megatron.companions![0]!.encode(spec, scalarTools()));
}

function open(spec: FileSpec, file: Uint8Array, index: Uint8Array) {
  return megatron.open!(
    new MemoryFile(file),
    spec,
    new MemoryFile(index),
  ) as OpenedMegatron;
}

Deno.test("megatron: a file is its stream, one token longer than its samples", () => {
  const spec = megatronSpec(50);
  assertEquals(
    encodeFile(megatron, spec),
    streamBytes(2, 0, (50 * 32 + 1) * 4),
  );
});

Deno.test("megatron: the index file says every document's length and place", () => {
  const spec = megatronSpec(5, { documentLength: 50, documentLengthStdev: 0 });
  const index = indexOf(spec);
  const view = new DataView(index.buffer);
  assertEquals(
    new TextDecoder().decode(index.subarray(0, 9)),
    "MMIDIDX\0\0",
  );
  assertEquals(view.getBigUint64(9, true), 1n);
  assertEquals(index[17], 4);
  assertEquals([18, 26].map((at) => view.getBigUint64(at, true)), [4n, 5n]);
  const lengths = [34, 38, 42, 46].map((at) => view.getInt32(at, true));
  assertEquals(lengths, [50, 50, 50, 11]);
  const words = Array.from(
    { length: 9 },
    (_, i) => Number(view.getBigInt64(50 + 8 * i, true)),
  );
  assertEquals(words, [0, 200, 400, 600, 0, 1, 2, 3, 4]);
  assertEquals(index.length, 34 + 4 * 4 + 8 * 4 + 8 * 5);
});

Deno.test("megatron: the index file lies beside the data file", () => {
  assertEquals(indexPath("train/img_0_of_8.bin"), "train/img_0_of_8.idx");
  assertEquals(indexPath("a.b/text.document.bin"), "a.b/text.document.idx");
});

Deno.test("megatron: documents have the mean and the deviation asked for", () => {
  const spec = fileSpec([1000], {
    samplesPerFile: 20_000,
    elementType: "uint16",
    megatron: { documentLength: 500, documentLengthStdev: 400 },
  });
  let sum = 0;
  let squares = 0;
  let count = 0;
  const documents = new DocumentLengths(spec);
  for (const lengths of documents.blocks()) {
    for (const length of lengths) {
      assert(length >= 1);
      sum += length;
      squares += length * length;
      count++;
    }
  }
  assertEquals(sum, 20_000_001);
  assertEquals(documents.count, count);
  const mean = sum / count;
  assertAlmostEquals(mean, 500, 15);
  assertAlmostEquals(Math.sqrt(squares / count - mean * mean), 400, 40);
});

Deno.test("megatron: samples one by one cover every token once, and one more each", () => {
  const spec = megatronSpec(40);
  const index = open(spec, encodeFile(megatron, spec), indexOf(spec));
  const seen = new Uint8Array(40 * 32 + 1);
  let pieces = 0;
  for (let sample = 0; sample < 40; sample++) {
    let tokens = 0;
    for (const [offset, byteCount] of plan(megatron, index, sample, 1)) {
      for (let at = offset! / 4; at < (offset! + byteCount!) / 4; at++) {
        seen[at]!++;
        tokens++;
      }
      pieces++;
    }
    assertEquals(tokens, 33);
  }
  const counts = [0, 0, 0];
  for (const times of seen) counts[times]!++;
  // The last token of a sample is the first of the next one.
  assertEquals(counts, [0, 40 * 32 + 1 - 39, 39]);
  assert(pieces > 100, `${pieces} pieces: documents are shuffled`);
});

Deno.test("megatron: DocumentOrder plans any window as a plain walk does", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 9 }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(
      lengths,
      fc.nat(),
      fc.nat(),
      fc.nat(99),
      (values, a, b, seed) => {
        const order = new DocumentOrder({
          lengths: Int32Array.from(values),
          tokenBytes: 1,
          seed,
        });
        const all = tokensOf(order, 0, order.tokenCount);
        assertEquals(
          [...all].sort((x, y) => x - y),
          Array.from({ length: order.tokenCount }, (_, i) => i),
        );
        if (order.tokenCount === 0) return;
        const first = a % order.tokenCount;
        const count = b % (order.tokenCount - first + 1);
        assertEquals(
          tokensOf(order, first, count),
          all.slice(first, first + count),
        );
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

function tokensOf(order: DocumentOrder, first: number, count: number) {
  const ranges = new RangeList();
  order.addRanges(first, count, ranges);
  const tokens: number[] = [];
  for (let i = 0; i < ranges.count; i++) {
    for (let k = 0; k < ranges.byteCountOf(i); k++) {
      tokens.push(ranges.offsetOf(i) + k);
    }
  }
  return tokens;
}

Deno.test("megatron: open() names what is wrong with the two files", () => {
  const spec = megatronSpec(20);
  const file = encodeFile(megatron, spec);
  const index = indexOf(spec);
  const changed = (at: number, byte: number) => {
    const copy = index.slice();
    copy[at] = byte;
    return copy;
  };
  const cases: [Uint8Array, Uint8Array, FileSpec, string][] = [
    [file, changed(0, 1), spec, 'must begin with "MMIDIDX"'],
    [file, changed(9, 2), spec, "its version must be 1, it is 2"],
    [file, changed(17, 9), spec, "must be from 1 to 8, it is 9"],
    [file, changed(25, 1), spec, "sequences, as many as its length has room"],
    [file, changed(37, 255), spec, "the length of a sequence must be >= 0"],
    [file, changed(34, 99), spec, "must begin where the one before ends"],
    [file, index.subarray(0, 20), spec, 'must begin with "MMIDIDX"'],
    [file.subarray(4), index, spec, "bytes of the sequences in"],
    [file, index, megatronSpec(21), "its 641 tokens are 20 of 32"],
  ];
  for (const [bytes, beside, wanted, text] of cases) {
    assertThrows(() => open(wanted, bytes, beside), FormatError, text);
  }
});

Deno.test("megatron: mutated index files are told or planned inside the file", () => {
  const spec = megatronSpec(20);
  const file = encodeFile(megatron, spec);
  const index = indexOf(spec);
  fc.assert(
    fc.property(
      fc.nat(index.length - 1),
      fc.nat(255),
      fc.nat(index.length),
      (at, byte, length) => {
        const bytes = index.slice(0, length);
        bytes[at] = byte;
        try {
          const opened = open(spec, file, bytes);
          for (const [offset, count] of plan(megatron, opened, 0, 20)) {
            assert(offset! + count! <= file.length);
          }
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
      },
    ),
    { seed: 9, numRuns: 1000 },
  );
});

Deno.test("megatron: problems() refuses types that have no code", () => {
  const spec = fileSpec([4], { elementType: "float16" });
  assertEquals(megatron.problems(spec), [
    "Cannot use dataset.record_element_type = float16 in format megatron: it " +
    "must be one of uint8, int8, int16, int32, int64, float64, float32, uint16",
  ]);
});
