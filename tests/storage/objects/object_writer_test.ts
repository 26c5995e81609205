/**
 * The memory of a writer, and which parts it sends, without a server.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { ObjectWriter } from "../../../lib/storage/objects/object_writer.ts";
import { PartBuffers } from "../../../lib/storage/objects/part_buffers.ts";
import type {
  Attempt,
  Requests,
} from "../../../lib/storage/objects/requests.ts";
import { contentOf } from "../storage_contract.ts";

const KIB = 1024;

class CountingBuffers extends PartBuffers {
  takenBytes = 0;
  mostBytes = 0;

  override take(byteCount: number): Uint8Array {
    this.takenBytes += byteCount;
    this.mostBytes = Math.max(this.mostBytes, this.takenBytes);
    return super.take(byteCount);
  }

  override free(buffer: Uint8Array): void {
    this.takenBytes -= buffer.length;
    super.free(buffer);
  }
}

interface Case {
  readonly thresholdBytes: number;
  readonly partBytes: number;
  readonly partsInFlight: number;
  readonly objectBytes: number;
  readonly expectedBytes: number | null;
  readonly maxParts?: number;
}

/** Writes an object in odd pieces. */
async function writeObject(given: Case) {
  const sent = new Map<number, Uint8Array>();
  let put: Uint8Array | null = null;
  const later = () => new Promise((resolve) => setTimeout(resolve, 1));
  const client = {
    put: (_name: unknown, body: Uint8Array) => {
      put = body.slice();
    },
    uploads: {
      create: () => "id",
      part: async (
        _upload: unknown,
        body: Uint8Array,
        { number }: { number: number },
      ) => {
        await later();
        // What is there when the part has gone is what was sent.
        sent.set(number, body.slice());
        return `${number}`;
      },
      complete: () => {},
    },
  };
  const requests = {
    send: async (_request: unknown, act: (attempt: Attempt) => unknown) =>
      await act({ client, moved: () => {} } as unknown as Attempt),
  } as unknown as Requests;
  const buffers = new CountingBuffers();
  const writer = new ObjectWriter({ bucket: "b", key: "k" }, {
    requests,
    cleanup: requests,
    buffers,
    observer: undefined,
    maxParts: given.maxParts ?? Infinity,
    settings: {
      multipartThresholdBytes: given.thresholdBytes,
      partBytes: given.partBytes,
      partsInFlight: given.partsInFlight,
      verification: "none",
    },
  }, given.expectedBytes);
  const content = contentOf(given.objectBytes);
  for (let offset = 0; offset < content.length; offset += 1000) {
    await writer.write(content.subarray(offset, offset + 1000));
  }
  await writer.commit();
  const parts = [...sent].sort(([a], [b]) => a - b).map(([, part]) => part);
  const whole = await new Blob(parts as BlobPart[]).bytes();
  assertEquals(buffers.takenBytes, 0);
  assertEquals(put ?? whole, content);
  return {
    mostBytes: buffers.mostBytes,
    partLengths: parts.map((part) => part.length / KIB),
  };
}

const PLAIN: Case = {
  thresholdBytes: 16 * KIB,
  partBytes: 16 * KIB,
  partsInFlight: 3,
  objectBytes: 100 * KIB,
  expectedBytes: null,
};

Deno.test("ObjectWriter holds no more than the parts in flight", async () => {
  const { mostBytes, partLengths } = await writeObject(PLAIN);
  assertEquals(mostBytes, 3 * 16 * KIB);
  assertEquals(partLengths, [16, 16, 16, 16, 16, 16, 4]);
});

Deno.test("ObjectWriter needs one buffer for one part in flight", async () => {
  const { mostBytes } = await writeObject({ ...PLAIN, partsInFlight: 1 });
  assertEquals(mostBytes, 16 * KIB);
});

Deno.test("ObjectWriter takes no long buffer for a known length", async () => {
  const large = { ...PLAIN, thresholdBytes: 80 * KIB };
  const known = await writeObject({ ...large, expectedBytes: 100 * KIB });
  assertEquals(known.mostBytes, 3 * 16 * KIB);
  const unknown = await writeObject(large);
  assertEquals(unknown.mostBytes, 80 * KIB);
  assertEquals(unknown.partLengths, known.partLengths);
});

Deno.test("ObjectWriter puts up to the threshold, parts above", async () => {
  const above = { ...PLAIN, thresholdBytes: 20 * KIB };
  const at = await writeObject({ ...above, objectBytes: 20 * KIB });
  assertEquals(at.partLengths, []);
  const over = await writeObject({ ...above, objectBytes: 24 * KIB });
  assertEquals(over.partLengths, [16, 8]);
  const below = { ...PLAIN, thresholdBytes: 8 * KIB, objectBytes: 12 * KIB };
  assertEquals((await writeObject(below)).partLengths, [12]);
});

Deno.test("ObjectWriter refuses too many parts before the first byte", async () => {
  const tight = { ...PLAIN, maxParts: 6 };
  await writeObject({
    ...tight,
    objectBytes: 96 * KIB,
    expectedBytes: 96 * KIB,
  });
  const error = await assertRejects(
    () => writeObject({ ...tight, expectedBytes: 100 * KIB }),
    StorageError,
    "102400 bytes in parts of 16384 bytes would be more than 6 parts",
  );
  assertEquals(error.message.includes("it must be at least 1MiB"), true);
  // Of an object whose length is not known it is found at the part.
  await assertRejects(
    () => writeObject(tight),
    StorageError,
    "more than 6 parts",
  );
});
