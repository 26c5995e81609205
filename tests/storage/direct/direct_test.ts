import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { StorageError } from "../../../lib/errors.ts";
import { PageArena } from "../../../lib/bytes/page_arena.ts";
import { DirectStorage } from "../../../lib/storage/direct/direct.ts";
import { DirectCalls } from "../../../lib/storage/direct/direct_calls.ts";
import { STAGING_BYTES } from "../../../lib/storage/direct/direct_staging.ts";
import { O_WRITE_NEW } from "../../../lib/storage/local/new_file.ts";
import { STORAGE_KINDS } from "../../../lib/storage/kinds.ts";
import type { ReadMeter } from "../../../lib/storage/storage.ts";
import { tempTakesDirect } from "./takes_direct.ts";

const OPTIONS = { expectedBytes: null, atomic: true, fsync: false };
const ARENA = new PageArena(4 << 20);
const SOURCE = ARENA.allocate(2 << 20);
const TARGET = ARENA.allocate(1 << 20);
for (let index = 0; index < SOURCE.length; index++) {
  SOURCE[index] = (Math.imul(index, 2654435761) >>> 13) & 255;
}

const ignore = !tempTakesDirect();

function direct(
  name: string,
  test: (storage: DirectStorage, folder: string) => void,
) {
  Deno.test({
    name,
    ignore,
    fn() {
      const folder = Deno.makeTempDirSync({ prefix: "stoker_direct_" });
      try {
        test(new DirectStorage(folder), folder);
      } finally {
        Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}

class Meter implements ReadMeter {
  openedCount = 0;
  readonly reads: number[] = [];
  now(): number {
    return 0;
  }
  opened(): void {
    this.openedCount++;
  }
  read(_startMs: number, byteCount: number): void {
    this.reads.push(byteCount);
  }
  isStopped(): boolean {
    return false;
  }
}

direct(
  "DirectStorage writes pieces of any length and alignment",
  (storage, folder) => {
    const piece = fc.record({
      start: fc.nat({ max: 9000 }),
      length: fc.oneof(
        fc.nat({ max: 5000 }),
        fc.constantFrom(4096, 8192, 65536, STAGING_BYTES, STAGING_BYTES + 4096),
      ),
      isAligned: fc.boolean(),
      isArena: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const writer = storage.create("x", OPTIONS);
        const parts: Uint8Array[] = [];
        for (const { start, length, isAligned, isArena } of pieces) {
          const from = isAligned ? start - start % 4096 : start;
          const view = SOURCE.subarray(from, from + length);
          parts.push(view);
          writer.write(isArena ? view : view.slice());
        }
        writer.commit();
        const found = Deno.readFileSync(`${folder}/x`);
        const blob = concat(parts);
        assertEquals(found.length, blob.length);
        assert(found.every((byte, index) => byte === blob[index]));
      }),
      { seed: 5, numRuns: 40 },
    );
  },
);

direct("DirectFile reads any range into any memory", (storage, folder) => {
  const fileBytes = STAGING_BYTES + 12345;
  Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, fileBytes));
  const file = storage.open("x");
  assertEquals(file.byteLength, fileBytes);
  fc.assert(
    fc.property(
      fc.nat({ max: fileBytes + 10 }),
      fc.nat({ max: TARGET.length - 8192 }),
      fc.nat({ max: 4097 }),
      fc.boolean(),
      fc.boolean(),
      (anyOffset, length, anyStart, isAligned, isArena) => {
        const offset = isAligned ? anyOffset - anyOffset % 4096 : anyOffset;
        const start = isAligned ? 0 : anyStart;
        TARGET.fill(0);
        const memory = isArena ? TARGET : new Uint8Array(length + start + 9);
        const view = memory.subarray(start, start + length);
        const expected = SOURCE.subarray(
          offset,
          Math.max(offset, Math.min(offset + length, fileBytes)),
        );
        assertEquals(file.readInto(view, offset), expected.length);
        assert(expected.every((byte, index) => byte === view[index]));
        // not a byte behind the view
        const behind = memory.subarray(start + length, start + length + 8);
        assert(behind.every((byte) => byte === 0));
      },
    ),
    { seed: 6, numRuns: 60 },
  );
  file.close();
});

direct(
  "DirectFile leaves what is behind the end of the file alone",
  (storage, folder) => {
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 5000));
    const file = storage.open("x");
    TARGET.fill(9);
    assertEquals(file.readInto(TARGET.subarray(0, 16384), 0), 5000);
    assertEquals(TARGET[4999], SOURCE[4999]);
    assertEquals(
      TARGET.subarray(5000, 16384).every((byte) => byte === 9),
      true,
    );
    file.close();
  },
);

direct(
  "DirectStorage.drain() reads each byte once in whole buffers",
  (storage, folder) => {
    const fileBytes = 3 * 65536 + 100;
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, fileBytes));
    for (const expectedBytes of [fileBytes, -1]) {
      const meter = new Meter();
      const buffer = TARGET.subarray(0, 65536);
      assertEquals(storage.drain("x", expectedBytes, buffer, meter), fileBytes);
      assertEquals(meter.reads, [65536, 65536, 65536, 100]);
      assertEquals(meter.openedCount, 1);
    }
  },
);

direct(
  "DirectStorage.drain() asks for no more than the file has, whether its length is known or not: the kernel would fill the rest with zeros",
  (storage, folder) => {
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 5000));
    for (const expectedBytes of [5000, -1]) {
      TARGET.fill(9);
      storage.drain("x", expectedBytes, TARGET, new Meter());
      assertEquals(TARGET[4999], SOURCE[4999]);
      assert(TARGET.subarray(8192).every((byte) => byte === 9));
    }
  },
);

direct(
  "DirectStorage.drain() tells a file that is too short",
  (storage, folder) => {
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 5000));
    const buffer = TARGET.subarray(0, 4096);
    assertEquals(storage.drain("x", 9000, buffer, new Meter()), 5000);
  },
);

direct(
  "DirectCalls.read() refuses what the page cache would take",
  (_, folder) => {
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 8192));
    const calls = new DirectCalls();
    const fd = calls.openToRead(`${folder}/x`);
    assertEquals(calls.read(fd, TARGET.subarray(1, 101), 3), -22);
    assertEquals(calls.read(fd, TARGET.subarray(0, 4096), 4096), 4096);
    calls.close(fd);
  },
);

direct("DirectCalls reach beyond 4 GiB", (_, folder) => {
  const calls = new DirectCalls();
  const path = `${folder}/x`;
  const far = 5 * 2 ** 30;
  const fd = calls.openToWrite(path, O_WRITE_NEW);
  assertEquals(calls.write(fd, SOURCE.subarray(0, 4096), far), 4096);
  calls.truncate(fd, path, far + 10);
  assertEquals(calls.facts(fd, path).byteLength, far + 10);
  calls.close(fd);
});

direct("DirectStorage.create() makes folders and syncs", (storage, folder) => {
  const writer = storage.create("a/b/x", { ...OPTIONS, fsync: true });
  writer.write(SOURCE.subarray(0, 10));
  writer.commit();
  assert(writer.fsyncSeconds > 0);
  assertEquals(Deno.readFileSync(`${folder}/a/b/x`), SOURCE.slice(0, 10));
  assertEquals(storage.sizeOf("a/b/x"), 10);
});

direct(
  "DirectStorage.create() shows the name at the end only",
  (storage, folder) => {
    const writer = storage.create("x", OPTIONS);
    writer.write(SOURCE.subarray(0, 8192));
    assertEquals(storage.sizeOf("x"), null);
    writer.abort();
    assertEquals([...Deno.readDirSync(folder)], []);
    writer.abort();
  },
);

direct("DirectStorage.open() says that a file is missing", (storage) => {
  const error = assertThrows(() => storage.open("no"), StorageError);
  assertEquals(error.code, "ENOENT");
  assert(error.message.includes("/no"), error.message);
});

direct(
  "DirectStorage.open() says that a path is a folder",
  (storage, folder) => {
    Deno.mkdirSync(`${folder}/sub`);
    const error = assertThrows(() => storage.open("sub"), StorageError);
    assertEquals(error.code, "EISDIR");
  },
);

direct(
  "DirectStorage.drain() refuses a buffer without a block",
  (storage, folder) => {
    Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 10));
    const buffer = TARGET.subarray(0, 512);
    assertThrows(() => storage.drain("x", 10, buffer, new Meter()), RangeError);
  },
);

Deno.test({
  name: "DirectStorage refuses tmpfs and leaves nothing there",
  ignore: Deno.build.os !== "linux",
  fn() {
    const folder = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      const storage = new DirectStorage(folder);
      Deno.writeFileSync(`${folder}/x`, SOURCE.slice(0, 4096));
      const opened = assertThrows(() => storage.open("x"), StorageError);
      const created = assertThrows(
        () => storage.create("y", OPTIONS),
        StorageError,
      );
      assertThrows(
        () => storage.drain("x", 4096, TARGET, new Meter()),
        StorageError,
      );
      for (const error of [opened, created]) {
        assert(error.message.includes("O_DIRECT"), error.message);
        assert(error.message.includes("local_fs"), error.message);
      }
      assertEquals([...Deno.readDirSync(folder)].map((e) => e.name), ["x"]);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("STORAGE_KINDS has direct_fs", () => {
  assertEquals(STORAGE_KINDS["direct_fs"]?.name, "direct_fs");
});

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
