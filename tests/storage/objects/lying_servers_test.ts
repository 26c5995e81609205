/**
 * Further lies: of uploads, lengths, listings, redirects and headers. Whatever
 * a server says, the outcome is an error that can be acted on.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Storage } from "../../../lib/storage/storage.ts";
import { ReadRecorder } from "../read_recorder.ts";
import { contentOf, storageErrorOf } from "../storage_contract.ts";
import type { Answer, SeenRequest } from "../s3/fault_proxy.ts";
import { BODY, testStores } from "./object_store_case.ts";

const MIB = 2 ** 20;
const S3 = ["fetch", "aws-sdk", "minio"] as const;
const MULTIPART = {
  multipart_threshold: 5 * MIB,
  multipart_part_size: 5 * MIB,
  verify: "none",
};

async function writeParts(storage: Storage): Promise<void> {
  const options = { expectedBytes: null, atomic: true, fsync: false };
  const writer = await storage.create("g", options);
  try {
    await writer.write(contentOf(6 * MIB));
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

const isBegin = ({ method, target }: SeenRequest) =>
  method === "POST" && target.includes("uploads");
const isPart = ({ method, target }: SeenRequest) =>
  method === "PUT" && target.includes("partNumber=");
const isComplete = ({ method, target }: SeenRequest) =>
  method === "POST" && target.includes("uploadId=");

/** What an upload is told, and which request is told it. */
const UPLOAD_LIES: Readonly<
  Record<string, [(request: SeenRequest) => boolean, Answer]>
> = {
  "begun without an id": [isBegin, {
    status: 200,
    body: "<InitiateMultipartUploadResult></InitiateMultipartUploadResult>",
  }],
  "begun with an answer that is empty": [isBegin, { status: 200 }],
  "given no ETag for a part": [isPart, { status: 200 }],
  "completed with an error that says 200": [isComplete, {
    status: 200,
    body: "<Error><Code>InternalError</Code><Message>no</Message></Error>",
  }],
  "completed with an answer that is empty": [isComplete, { status: 200 }],
};

for (const [how, [matches, answer]] of Object.entries(UPLOAD_LIES)) {
  testStores(`an upload that is ${how} fails`, async (given) => {
    given.objects.rule = (request) =>
      matches(request)
        ? { kind: "answer", ...answer }
        // s3rver cannot abort.
        : request.method === "DELETE"
        ? { kind: "answer", status: 204 }
        : null;
    const error = await storageErrorOf(() => writeParts(given.storage));
    assertEquals(typeof error.code, "string", error.message);
    // Nothing went to an upload that has no name.
    assertEquals(
      given.objects.seen.filter((seen) => /uploadId=(&|$)/.test(seen)),
      [],
    );
  }, { options: MULTIPART, stores: S3 });
}

testStores("an append without a handle fails", async (given) => {
  given.objects.rule = ({ method, target }) =>
    method === "PUT" && target.includes("append_type=append")
      ? { kind: "answer", status: 200 }
      : null;
  const error = await storageErrorOf(() => writeParts(given.storage));
  assertStringIncludes(error.message, "has no header ais-append-handle");
}, {
  options: { ...MULTIPART, s3_max_attempts: 3 },
  stores: ["aistore"],
});

for (const length of ["-1", "1e3", "99999999999999999999", "abc", ""]) {
  testStores(
    `a HEAD whose length is "${length}" is an error`,
    async (given) => {
      given.objects.rule = ({ method }) =>
        method === "HEAD"
          ? {
            kind: "answer",
            status: 200,
            headers: { "content-length": length },
          }
          : null;
      const error = await storageErrorOf(() => given.storage.sizeOf("f"));
      assertEquals(error.message.includes("NaN"), false, error.message);
    },
    { stores: S3 },
  );
}

testStores("a length that never comes is a short body", async (given) => {
  given.objects.rule = (request) =>
    given.isGet(request)
      ? {
        kind: "answer",
        status: 200,
        headers: { "content-length": "1000000000000" },
        body: "short",
      }
      : null;
  const meter = new ReadRecorder();
  const error = await storageErrorOf(() =>
    given.storage.drain("f", -1, new Uint8Array(0), meter)
  );
  assertEquals(
    ["ConnectionLost", "ShortBody"].includes(error.code),
    true,
    error.message,
  );
  assertEquals(meter.reads, []);
});

testStores(
  "an object that shrank since it was opened is an error",
  async (given) => {
    const { storage } = given;
    const file = await storage.open("f");
    given.objects.rule = (request) =>
      given.isGet(request)
        ? {
          kind: "answer",
          status: 206,
          headers: { "content-range": "bytes 99950-99969/99970" },
          body: "x".repeat(20),
        }
        : null;
    const error = await storageErrorOf(() =>
      file.readInto(new Uint8Array(50), BODY.length - 50)
    );
    assertEquals(error.code, "ObjectChanged", error.message);
  },
);

testStores("escapes in a server's words reach nobody", async (given) => {
  const evil = "\x1b]0;owned\x07\x1b[2J";
  given.objects.rule = (request) =>
    given.isGet(request)
      ? {
        kind: "answer",
        status: 403,
        headers: { "x-amz-request-id": "R\x9b1" },
        body: given.store === "aistore"
          ? JSON.stringify({ message: evil, tcode: evil })
          : `<Error><Code>No</Code><Message>&#27;]0;owned&#7;</Message></Error>`,
      }
      : null;
  const error = await storageErrorOf(() =>
    given.storage.drain("f", -1, new Uint8Array(0), new ReadRecorder())
  );
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x1f\x7f-\x9f]/.test(error.message), false);
  assertStringIncludes(error.message, "HTTP 403");
});

testStores("a listing with a bomb of entities ends", async (given) => {
  const entities = Array.from(
    { length: 12 },
    (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`,
  );
  const body =
    `<?xml version="1.0"?><!DOCTYPE b [<!ENTITY e0 "x">${
      entities.join("")
    }]><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>` +
    "d/&e12;</Key></Contents></ListBucketResult>";
  given.listings.rule = (request) =>
    given.isListing(request) ? { kind: "answer", status: 200, body } : null;
  const names: string[] = [];
  try {
    for await (const { name } of given.storage.list("d")) names.push(name);
  } catch (error) {
    assertEquals((error as { operation?: string }).operation, "list");
  }
  for (const name of names) assertEquals(name.length < 1000, true);
}, { stores: S3 });

testStores(
  "a redirect to another region for ever is an error",
  async (given) => {
    let number = 0;
    given.objects.rule = (request) =>
      given.isGet(request)
        ? {
          kind: "answer",
          status: 301,
          headers: { "x-amz-bucket-region": `region-${number++}` },
          body: "<Error><Code>PermanentRedirect</Code></Error>",
        }
        : null;
    const error = await storageErrorOf(() =>
      given.storage.drain("f", -1, new Uint8Array(0), new ReadRecorder())
    );
    assertStringIncludes(error.message, "HTTP 301");
    assertEquals(number <= 6, true);
  },
);

testStores("headers that drip end at the header time-outs", async (given) => {
  given.objects.rule = (request) =>
    given.isGet(request) ? { kind: "late", delayMs: 3000 } : null;
  const error = await storageErrorOf(() =>
    given.storage.drain("f", -1, new Uint8Array(0), new ReadRecorder())
  );
  assertStringIncludes(error.message, "no answer within 0.5 s");
}, { options: { connect_timeout: 0.2, first_byte_timeout: 0.3 } });
