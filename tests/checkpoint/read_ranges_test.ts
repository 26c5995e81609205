/**
 * Files of checkpoints that are got in ranges, several in flight.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { DatasetError, StorageError } from "../../lib/errors.ts";
import { readCheckpointFile } from "../../lib/checkpoint/read_file.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import type {
  RangeGets,
  ReadMeter,
  Storage,
} from "../../lib/storage/storage.ts";
import { CountingMeter } from "./storage_doubles.ts";

/** One file that answers later, and what it was asked. */
class RangedStore {
  readonly storage: Storage;
  /** Offset and length of each range, as they were begun. */
  readonly ranges: [offset: number, byteCount: number][] = [];
  drainCount = 0;
  underWay = 0;
  mostUnderWay = 0;
  closedCount = 0;
  /** Called before a range is answered. */
  fault: (offset: number) => void = () => {};

  constructor(
    rangeGets: RangeGets,
    readonly byteLength: number,
    /** What opening it says. */
    readonly statedBytes = byteLength,
  ) {
    const inner = new LocalStorage(".");
    this.storage = {
      isSync: false,
      label: "ranged",
      bypassesCache: true,
      rangeGets,
      open: (path) => ({
        path,
        byteLength: this.statedBytes,
        readInto: () => {
          throw new Error("read through a buffer");
        },
        drainRange: (...range) => this.#drainRange(...range),
        close: () => {
          this.closedCount++;
        },
      }),
      drain: (_path, _expectedBytes, _buffer, meter) => {
        this.drainCount++;
        meter.read(meter.now(), this.byteLength);
        return Promise.resolve(this.byteLength);
      },
      sizeOf: () => this.statedBytes,
      create: inner.create.bind(inner),
      list: inner.list.bind(inner),
      remove: inner.remove.bind(inner),
      makeFolder: inner.makeFolder.bind(inner),
      readText: inner.readText.bind(inner),
    };
  }

  async #drainRange(
    offset: number,
    byteCount: number,
    meter: ReadMeter,
  ): Promise<number> {
    const startMs = meter.now();
    this.ranges.push([offset, byteCount]);
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    // Ranges end in another order than they began.
    for (let turn = 0; turn <= (offset * 7) % 5; turn++) await null;
    this.underWay--;
    this.fault(offset);
    const readBytes = Math.min(byteCount, this.byteLength - offset);
    meter.read(startMs, readBytes);
    return readBytes;
  }

  read(
    fileBytes: number,
    meter = new CountingMeter(),
    part?: [number, number],
  ) {
    const buffer = new Uint8Array(0);
    const parts = { storage: this.storage, buffer, meter };
    return readCheckpointFile(
      "x.pt",
      fileBytes,
      part === undefined ? parts : {
        ...parts,
        part: { offset: part[0], endOffset: part[1] },
      },
    );
  }
}

const LENGTH = fc.integer({ min: 0, max: 100 });

Deno.test("readCheckpointFile() gets every byte of a part once, in ranges", () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(LENGTH, LENGTH, LENGTH),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (lengths, byteCount, inFlight) => {
        const [offset = 0, endOffset = 0, fileBytes = 0] = lengths
          .toSorted((a, b) => a - b);
        const store = new RangedStore({ byteCount, inFlight }, fileBytes);
        const meter = new CountingMeter();
        const cost = await store.read(fileBytes, meter, [offset, endOffset]);
        const wantedBytes = endOffset - offset;
        assertEquals(cost.byteCount, wantedBytes);
        assertEquals(cost.isComplete, true);
        assertEquals(meter.readBytes, wantedBytes);
        if (store.drainCount === 1) {
          assert(wantedBytes === fileBytes && fileBytes <= byteCount);
          return;
        }
        let position = offset;
        for (const [from, length] of store.ranges) {
          assertEquals(from, position);
          assert(length === byteCount || from + length === endOffset);
          position += length;
        }
        assertEquals(position, endOffset);
        const rangeCount = Math.ceil(wantedBytes / byteCount);
        assertEquals(store.mostUnderWay, Math.min(inFlight, rangeCount));
        assertEquals([meter.openedCount, store.closedCount], [1, 1]);
      },
    ),
    { seed: 5, numRuns: 200, examples: [[[0, 100, 100], 40, 2]] },
  ));

Deno.test("readCheckpointFile() gets a file of one range whole", async () => {
  const store = new RangedStore({ byteCount: 100, inFlight: 4 }, 100);
  assertEquals((await store.read(100)).byteCount, 100);
  assertEquals([store.drainCount, store.ranges], [1, []]);
});

for (const foundBytes of [0, 349, 351]) {
  Deno.test(`readCheckpointFile() gets no range of ${foundBytes} bytes instead of 350`, async () => {
    const store = new RangedStore({ byteCount: 100, inFlight: 2 }, foundBytes);
    await assertRejects(
      () => store.read(350),
      DatasetError,
      `must have 350 bytes, but has ${foundBytes}`,
    );
    assertEquals([store.ranges, store.closedCount], [[], 1]);
  });
}

Deno.test("readCheckpointFile() refuses a range that ends early", async () => {
  const store = new RangedStore({ byteCount: 100, inFlight: 2 }, 333, 350);
  await assertRejects(
    () => store.read(350),
    DatasetError,
    "must have 350 bytes, but has 333",
  );
});

Deno.test("readCheckpointFile() begins no range after one that failed", async () => {
  const store = new RangedStore({ byteCount: 10, inFlight: 3 }, 1000);
  store.fault = (offset) => {
    if (offset === 50) throw new StorageError("read", "x.pt", "EIO", "broken");
  };
  await assertRejects(() => store.read(1000), StorageError, "broken");
  assert(store.ranges.length < 12, `${store.ranges.length}`);
  assertEquals([store.underWay, store.closedCount], [0, 1]);
});

Deno.test("readCheckpointFile() begins no range when the run is stopped", async () => {
  const store = new RangedStore({ byteCount: 10, inFlight: 2 }, 1000);
  const meter = new CountingMeter(3);
  const cost = await store.read(1000, meter);
  assertEquals(cost.isComplete, false);
  assertEquals(cost.byteCount, meter.readBytes);
  assert(store.ranges.length <= 5, `${store.ranges.length}`);
});
