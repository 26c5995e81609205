import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatasetError, StorageError } from "../../lib/errors.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import {
  readCheckpointFile,
  verifyCheckpointFile,
} from "../../lib/checkpoint/read_file.ts";
import { createFileContent } from "../../lib/checkpoint/file_content.ts";
import { CountingMeter } from "./storage_doubles.ts";

const CHUNK_BYTES = 8192;
const FILE_BYTES = 3 * CHUNK_BYTES + 77;

const CONTENT = createFileContent(
  {
    name: "x.pt",
    kind: "model",
    byteCount: FILE_BYTES,
    fullBytes: FILE_BYTES,
    tensors: [],
  },
  { epoch: 1, step: 1, rank: 0, fileIndex: 0 },
  { container: "raw", source: createScalarSource({ seed: 7 }) },
);

/** Runs a test with a good file whose bytes are changed by `damage`. */
async function withFile(
  damage: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
  test: (storage: LocalStorage) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_checkpoint_" });
  try {
    const bytes = new Uint8Array(FILE_BYTES);
    CONTENT.fill(bytes, 0);
    await Deno.writeFile(`${folder}/x.pt`, damage(bytes));
    await test(new LocalStorage(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function partsFor(storage: LocalStorage, meter = new CountingMeter()) {
  return {
    storage,
    meter,
    buffer: new Uint8Array(CHUNK_BYTES),
    expectedBuffer: new Uint8Array(CHUNK_BYTES),
  };
}

Deno.test("readCheckpointFile() reads every byte once", () =>
  withFile((bytes) => bytes, async (storage) => {
    const meter = new CountingMeter();
    const parts = partsFor(storage, meter);
    const cost = await readCheckpointFile("x.pt", FILE_BYTES, parts);
    assertEquals(cost.byteCount, FILE_BYTES);
    assertEquals(cost.isComplete, true);
    assertEquals(meter.readBytes, FILE_BYTES);
    assertEquals(meter.openedCount, 1);
  }));

const LENGTHS: [string, number][] = [
  ["shorter", FILE_BYTES - 1],
  ["longer", FILE_BYTES + 1],
  ["empty", 0],
];

for (const [what, foundBytes] of LENGTHS) {
  const damage = (bytes: Uint8Array<ArrayBuffer>) => {
    const changed = new Uint8Array(foundBytes);
    changed.set(bytes.subarray(0, foundBytes));
    return changed;
  };

  Deno.test(`readCheckpointFile() refuses a file that is ${what}`, () =>
    withFile(damage, async (storage) => {
      const error = await assertRejects(
        () => readCheckpointFile("x.pt", FILE_BYTES, partsFor(storage)),
        DatasetError,
      );
      assert(error.message.includes(`but has ${foundBytes}`), error.message);
    }));

  Deno.test(`verifyCheckpointFile() refuses a file that is ${what}`, () =>
    withFile(damage, async (storage) => {
      await assertRejects(
        () => verifyCheckpointFile("x.pt", CONTENT, partsFor(storage)),
        DatasetError,
        `but has ${foundBytes}`,
      );
    }));
}

Deno.test("readCheckpointFile() says that a file is missing", () =>
  withFile((bytes) => bytes, async (storage) => {
    const error = await assertRejects(
      () => readCheckpointFile("y.pt", FILE_BYTES, partsFor(storage)),
      StorageError,
    );
    assertEquals(error.code, "ENOENT");
  }));

Deno.test("readCheckpointFile() ends early when the run is stopped", () =>
  withFile((bytes) => bytes, async (storage) => {
    const parts = partsFor(storage, new CountingMeter(1));
    const cost = await readCheckpointFile("x.pt", FILE_BYTES, parts);
    assertEquals(cost.isComplete, false);
    assertEquals(cost.byteCount, CHUNK_BYTES);
  }));

Deno.test("verifyCheckpointFile() accepts what was written", () =>
  withFile((bytes) => bytes, async (storage) => {
    const cost = await verifyCheckpointFile(
      "x.pt",
      CONTENT,
      partsFor(storage),
    );
    assertEquals(cost.byteCount, FILE_BYTES);
    assertEquals(cost.isComplete, true);
  }));

for (const place of [0, 3, CHUNK_BYTES, FILE_BYTES - 1]) {
  Deno.test(`verifyCheckpointFile() finds a flipped bit at byte ${place}`, () =>
    withFile((bytes) => {
      bytes[place]! ^= 1;
      return bytes;
    }, async (storage) => {
      await assertRejects(
        () => verifyCheckpointFile("x.pt", CONTENT, partsFor(storage)),
        DatasetError,
        `byte ${place} must be`,
      );
    }));
}
