/**
 * Answers to GET and HEAD that are not what was asked for, through every
 * client library: an error that says what came, never bytes that count.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ReadRecorder } from "../read_recorder.ts";
import { storageErrorOf } from "../storage_contract.ts";
import type { Answer } from "../s3/fault_proxy.ts";
import { BODY, type StoreCase, testStores } from "./object_store_case.ts";

const NO_BUFFER = new Uint8Array(0);
/** The range that is asked for. */
const OFFSET = 5000;
const BYTES = 100;
const LAST = OFFSET + BYTES - 1;

interface Lie {
  readonly answer: Answer;
  readonly code: string;
  readonly says: string;
}

function partial(
  contentRange: string | null,
  body = "x".repeat(BYTES),
  others: Record<string, string> = {},
): Answer {
  return {
    status: 206,
    headers: {
      ...(contentRange === null ? {} : { "content-range": contentRange }),
      ...others,
    },
    body,
  };
}

const TOTAL = BODY.length;
const RANGE_LIES: Readonly<Record<string, Lie>> = {
  "other bytes": {
    answer: partial(`bytes 0-99/${TOTAL}`),
    code: "IgnoredRange",
    says: `"bytes 0-99/${TOTAL}" came instead of bytes ${OFFSET} to ${LAST}`,
  },
  "fewer bytes": {
    answer: partial(`bytes ${OFFSET}-${LAST - 1}/${TOTAL}`, "x".repeat(99)),
    code: "IgnoredRange",
    says: "came instead of",
  },
  "more bytes": {
    answer: partial(`bytes ${OFFSET}-${LAST + 1}/${TOTAL}`, "x".repeat(101)),
    code: "IgnoredRange",
    says: "came instead of",
  },
  "no Content-Range": {
    answer: partial(null),
    code: "IgnoredRange",
    says: "without the header Content-Range",
  },
  "a Content-Range that is none": {
    answer: partial("lines 1-2/3"),
    code: "IgnoredRange",
    says: '"lines 1-2/3" came',
  },
  "another length than the Content-Range": {
    answer: partial(`bytes ${OFFSET}-${LAST}/${TOTAL}`, "x"),
    code: "IgnoredRange",
    says: "1 bytes as",
  },
  "a longer object": {
    answer: partial(`bytes ${OFFSET}-${LAST}/${TOTAL + 1}`),
    code: "ObjectChanged",
    says: `it was ${TOTAL} bytes long, now ${TOTAL + 1}`,
  },
  "the whole object": {
    answer: { status: 200, body: "x".repeat(TOTAL) },
    code: "IgnoredRange",
    says: "the whole object came",
  },
  "204": {
    answer: { status: 204 },
    code: "UnexpectedStatus",
    says: "HTTP 204 UnexpectedStatus, which is no answer to GET",
  },
};

const WHOLE_LIES: Readonly<Record<string, Lie>> = {
  "a part": {
    answer: partial(`bytes 0-99/${TOTAL}`),
    code: "IgnoredRange",
    says: `part of the object, "bytes 0-99/${TOTAL}" came`,
  },
  "204": RANGE_LIES["204"] as Lie,
  "202": {
    answer: { status: 202, body: "later" },
    code: "UnexpectedStatus",
    says: "HTTP 202",
  },
};

/** Every way in which a run gets ranges. */
const RANGE_READS: Readonly<
  Record<string, (given: StoreCase, meter: ReadRecorder) => Promise<unknown>>
> = {
  "a footer or sample": async ({ storage }) => {
    const file = await storage.open("f");
    return await file.readInto(new Uint8Array(BYTES), OFFSET);
  },
  "a range of a checkpoint": async ({ storage }, meter) => {
    const file = await storage.open("f");
    return await file.drainRange?.(OFFSET, BYTES, meter);
  },
};

const WHOLE_READS: typeof RANGE_READS = {
  "a whole object": ({ storage }, meter) =>
    Promise.resolve(storage.drain("f", TOTAL, NO_BUFFER, meter)),
  "a manifest": ({ storage }) => Promise.resolve(storage.readText("f")),
};

for (
  const [lies, reads] of [
    [RANGE_LIES, RANGE_READS],
    [WHOLE_LIES, WHOLE_READS],
  ] as const
) {
  for (const [what, lie] of Object.entries(lies)) {
    testStores(
      `${what} for ${Object.keys(reads).join(" or ")} is an error`,
      async (given) => {
        given.objects.rule = (request) =>
          given.isGet(request) ? { kind: "answer", ...lie.answer } : null;
        for (const [which, read] of Object.entries(reads)) {
          const meter = new ReadRecorder();
          const error = await storageErrorOf(() => read(given, meter));
          assertEquals(error.code, lie.code, `${which}: ${error.message}`);
          assertStringIncludes(error.message, lie.says, which);
          assertEquals(meter.reads, [], which);
        }
      },
    );
  }
}

testStores("another ETag in a later range is an error", async (given) => {
  const etagged = (etag: string): Answer =>
    partial(`bytes ${OFFSET}-${LAST}/${TOTAL}`, "x".repeat(BYTES), { etag });
  const { storage, objects } = given;
  objects.rule = ({ method }) =>
    method === "HEAD"
      ? {
        kind: "answer",
        status: 200,
        headers: { "content-length": `${TOTAL}`, etag: '"one"' },
      }
      : null;
  const file = await storage.open("f");
  const view = new Uint8Array(BYTES);
  for (const same of ['"one"', "one", 'W/"one"']) {
    objects.rule = (request) =>
      given.isGet(request) ? { kind: "answer", ...etagged(same) } : null;
    assertEquals(await file.readInto(view, OFFSET), BYTES);
  }
  objects.rule = (request) =>
    given.isGet(request) ? { kind: "answer", ...etagged('"two"') } : null;
  const error = await storageErrorOf(() => file.readInto(view, OFFSET));
  assertEquals(error.code, "ObjectChanged");
  assertStringIncludes(error.message, 'it was ETag "one", now "two"');
});

testStores(
  "a range whose status is 200 counts by its header",
  async (given) => {
    given.objects.rule = (request) =>
      given.isGet(request)
        ? {
          kind: "answer",
          ...partial(`bytes ${OFFSET}-${LAST}/${TOTAL}`),
          status: 200,
        }
        : null;
    const file = await given.storage.open("f");
    assertEquals(await file.readInto(new Uint8Array(BYTES), OFFSET), BYTES);
  },
);

testStores(
  "a HEAD without a length is an error that says so",
  async (given) => {
    given.objects.rule = ({ method }) =>
      method === "HEAD"
        ? { kind: "answer", status: 200, hasNoLength: true }
        : null;
    for (
      const act of [
        () => given.storage.sizeOf("f"),
        () => given.storage.open("f"),
      ]
    ) {
      const error = await storageErrorOf(act);
      assertEquals(error.code, "MalformedAnswer");
      assertStringIncludes(error.message, "HEAD has no Content-Length");
    }
    // AIStore tells the length of an empty object by telling none.
  },
  { stores: ["fetch", "aws-sdk", "minio"] },
);

for (
  const location of [
    "file:///etc/passwd",
    "data:text/plain,hello",
    "ftp://127.0.0.1/bucket/f",
    "http://user:password@127.0.0.1/bucket/f",
    "http://[",
  ]
) {
  testStores(`a redirect to ${location} is refused`, async (given) => {
    given.objects.rule = (request) =>
      given.isGet(request)
        ? { kind: "answer", status: 307, headers: { location } }
        : null;
    const error = await storageErrorOf(() =>
      given.storage.drain("f", TOTAL, NO_BUFFER, new ReadRecorder())
    );
    assertEquals(error.code, "Refused");
    assertStringIncludes(error.message, "does not follow a redirect to");
  });
}

testStores("an encoding is asked for of no answer", async (given) => {
  const heads: string[] = [];
  given.objects.rule = (request) => {
    heads.push(request.head);
    return null;
  };
  await given.storage.drain("f", TOTAL, NO_BUFFER, new ReadRecorder());
  await given.storage.sizeOf("f");
  for (const head of heads) {
    const encodings = [...head.matchAll(/\r\naccept-encoding: *([^\r]*)/gi)]
      .map(([, value]) => value);
    assertEquals(encodings, ["identity"], head);
  }
});

testStores("an object that says gzip is read as it is kept", async (given) => {
  // No gzip at all: whoever unpacks it fails.
  given.objects.rule = (request) =>
    given.isGet(request)
      ? {
        kind: "answer",
        status: 200,
        headers: { "content-encoding": "gzip" },
        body: "x".repeat(1000),
      }
      : null;
  const meter = new ReadRecorder();
  const readBytes = await given.storage.drain("f", -1, NO_BUFFER, meter);
  assertEquals(readBytes, 1000);
});
