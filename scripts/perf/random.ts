/**
 * The random source against memset of the same pages.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { gigabytesPerSecond, interleave, type Measure } from "./measure.ts";

/** A generator's work buffer: it stays in the second-level cache. */
const PAGE_BYTES = 2 ** 20;
const PASS_BYTES = 2 ** 28;
const ROUND_COUNT = 9;
/** A picture: nine whole chunks and two parts of one. */
const RECORD_BYTES = 150_000;

function makeSource() {
  const arena = new PageArena(RANDOM_REGION_BYTES + PAGE_BYTES);
  const random = createRandomSource(arena, { seed: 123 });
  const pages = arena.allocate(PAGE_BYTES);
  const fill = () => {
    for (let offset = 0; offset < PASS_BYTES; offset += PAGE_BYTES) {
      random.fill(pages, 1, offset);
    }
  };
  return { random, pages, fill };
}

/** Rows "random.*". */
export const measures: readonly Measure[] = [
  {
    // Limit: memset.
    id: "random.fill",
    run() {
      const { pages, fill } = makeSource();
      const memset = () => {
        for (let offset = 0; offset < PASS_BYTES; offset += PAGE_BYTES) {
          pages.fill(offset / PAGE_BYTES);
        }
      };
      return {
        unit: "GB/s",
        ...interleave({
          roundCount: ROUND_COUNT,
          value: () => gigabytesPerSecond(PASS_BYTES, fill),
          limit: () => gigabytesPerSecond(PASS_BYTES, memset),
        }),
      };
    },
  },
  {
    // Limit: making the bytes, which the sum is there to precede.
    id: "random.crc32",
    run() {
      const { random, fill } = makeSource();
      return {
        unit: "GB/s",
        ...interleave({
          roundCount: ROUND_COUNT,
          value: () =>
            gigabytesPerSecond(
              PASS_BYTES,
              () => void random.crc32(1, 0, PASS_BYTES, 0),
            ),
          limit: () => gigabytesPerSecond(PASS_BYTES, fill),
        }),
      };
    },
  },
  {
    // As tfrecord sums records. Limit: making the bytes.
    id: "random.crc32c",
    run() {
      const { random, fill } = makeSource();
      const sumRecords = () => {
        for (let offset = 0; offset < PASS_BYTES; offset += RECORD_BYTES) {
          random.crc32c(1, offset, RECORD_BYTES, 0);
        }
      };
      return {
        unit: "GB/s",
        ...interleave({
          roundCount: ROUND_COUNT,
          value: () => gigabytesPerSecond(PASS_BYTES, sumRecords),
          limit: () => gigabytesPerSecond(PASS_BYTES, fill),
        }),
      };
    },
  },
];
