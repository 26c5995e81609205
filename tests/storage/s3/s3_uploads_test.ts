/**
 * Multipart uploads that go wrong, through every client library.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Storage } from "../../../lib/storage/storage.ts";
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import { contentOf, putFile, storageErrorOf } from "../storage_contract.ts";
import { testFault } from "./fault_case.ts";
import {
  type Fault,
  type FaultProxy,
  firstOf,
  s3Error,
  type SeenRequest,
  startFaultProxy,
} from "./fault_proxy.ts";
import { LIBRARIES, optionsFor, settingsFor } from "./s3_fixture.ts";
import { startS3rver } from "./s3rver_server.ts";

const MIB = 2 ** 20;
const PLAIN = { expectedBytes: null, atomic: false, fsync: false };
const MULTIPART = {
  multipart_threshold: 5 * MIB,
  multipart_part_size: 5 * MIB,
};
const LARGE = contentOf(12 * MIB);
const isPart = ({ target }: SeenRequest) => target.includes("partNumber=2");

async function writeLarge(storage: Storage): Promise<void> {
  const writer = await storage.create("g", PLAIN);
  try {
    await writer.write(LARGE);
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Uploads that nobody has ended, as the server lists them. */
function openUploads({ seen }: FaultProxy): number {
  const created = seen.filter((each) => /^POST .*\?uploads/.test(each)).length;
  const ended =
    seen.filter((each) => /^(DELETE|POST) .*uploadId=/.test(each)).length;
  return created - ended;
}

testFault("a part that fails for good leaves no upload", async (given) => {
  const { proxy, storage } = given;
  const failing = firstOf(99, isPart, {
    kind: "answer",
    ...s3Error(500, "InternalError"),
  });
  // s3rver cannot abort; the interop suite lists uploads of a server that can.
  proxy.rule = (request) =>
    request.method === "DELETE"
      ? { kind: "answer", status: 204 }
      : failing(request);
  const error = await storageErrorOf(() => writeLarge(storage));
  assertStringIncludes(error.message, "after 3 attempts");
  assertEquals(await storage.sizeOf("g"), null);
  assert(proxy.seen.some((each) => /^DELETE .*uploadId=/.test(each)));
  assertEquals(openUploads(proxy), 0);
}, MULTIPART);

testFault("a part that fails once is sent again", async (given) => {
  given.proxy.rule = firstOf(1, isPart, { kind: "drop" });
  await writeLarge(given.storage);
  assertEquals(await given.storage.sizeOf("g"), LARGE.length);
  assertEquals(given.told.retries, 1);
}, MULTIPART);

testFault("a completion whose answer is lost counts as done", async (given) => {
  const { proxy, storage } = given;
  const isComplete = ({ method, target }: SeenRequest) =>
    method === "POST" && target.includes("uploadId=");
  const lost = firstOf(1, isComplete, {
    kind: "answerAfter",
    ...s3Error(500, "InternalError"),
  });
  // s3rver says InternalError where S3 knows the upload no more.
  const gone = firstOf(99, isComplete, {
    kind: "answer",
    ...s3Error(404, "NoSuchUpload"),
  });
  proxy.rule = (request) => lost(request) ?? gone(request);
  const told = given.told.retries;
  await writeLarge(storage);
  assertEquals(await storage.sizeOf("g"), LARGE.length);
  assertEquals(given.told.retries - told, 1);
}, MULTIPART);

testFault(
  "a completion that fails in its body is sent again",
  async (given) => {
    const { proxy, storage, told } = given;
    // S3 says 200 before it knows how the completion ends.
    proxy.rule = firstOf(
      1,
      ({ method, target }) => method === "POST" && target.includes("uploadId="),
      {
        kind: "answer",
        ...s3Error(500, "InternalError"),
        status: 200,
      },
    );
    await writeLarge(storage);
    assertEquals(await storage.sizeOf("g"), LARGE.length);
    assertEquals(told.retries, 1);
  },
  MULTIPART,
);

/** As a bucket with Object Lock does. */
const demandsChecksums = (request: SeenRequest): Fault | null => {
  const { method, target, head } = request;
  const hasBody = method === "PUT";
  if (hasBody && !/\r\nx-amz-checksum-crc32:/i.test(head)) {
    return {
      kind: "answer",
      status: 400,
      body: "<Error><Code>InvalidRequest</Code><Message>Content-MD5 OR " +
        "x-amz-checksum- HTTP header is required for Put Object requests " +
        "with Object Lock parameters</Message></Error>",
    };
  }
  // S3 refuses checksums of parts that were not announced.
  const isBegin = method === "POST" && target.includes("uploads");
  return isBegin && !/\r\nx-amz-checksum-algorithm: *CRC32/i.test(head)
    ? { kind: "answer", ...s3Error(400, "ChecksumTypeMismatch") }
    : null;
};

testFault("a bucket that demands checksums is told how", async (given) => {
  given.proxy.rule = demandsChecksums;
  for (
    const act of [
      () => writeLarge(given.storage),
      () => putFile(given.storage, "h", contentOf(5)),
    ]
  ) {
    const error = await storageErrorOf(act);
    assertEquals(/verify = checksum|Checksum/.test(error.message), true);
  }
  const error = await storageErrorOf(() =>
    putFile(given.storage, "h", contentOf(5))
  );
  assertStringIncludes(
    error.message,
    "set storage.storage_options.verify = checksum",
  );
}, MULTIPART);

testFault("a bucket that demands checksums gets them", async (given) => {
  const bodies: string[] = [];
  given.proxy.rule = (request) => {
    if (/^POST .*uploadId/.test(request.head)) bodies.push(request.target);
    return demandsChecksums(request);
  };
  await writeLarge(given.storage);
  await putFile(given.storage, "h", contentOf(5));
  assertEquals(await given.storage.sizeOf("g"), LARGE.length);
  assertEquals(bodies.length, 1);
}, { ...MULTIPART, verify: "checksum" });

for (const library of LIBRARIES) {
  Deno.test({
    name: `s3 faults (${library}): preflight sends what the run sends`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxy = startFaultProxy(server.endpoint);
      proxy.rule = demandsChecksums;
      const settingsWith = (verify: string) =>
        settingsFor(
          server.bucket,
          optionsFor({ ...server, endpoint: proxy.endpoint }, {
            storage_library: library,
            s3_max_attempts: 1,
            verify,
          }),
        );
      try {
        await s3Kind.preflight?.(settingsWith("checksum"), "d", "write");
        const error = await storageErrorOf(async () =>
          await s3Kind.preflight?.(settingsWith("head"), "d", "write")
        );
        assertStringIncludes(error.message, "verify = checksum");
      } finally {
        await proxy.stop();
        await server.stop();
      }
    },
  });
}

testFault("no more parts are in flight than allowed", async (given) => {
  let underWay = 0;
  let most = 0;
  const { storage } = given;
  given.proxy.rule = ({ target }) => {
    if (!target.includes("partNumber")) return null;
    most = Math.max(most, ++underWay);
    setTimeout(() => underWay--, 100);
    return { kind: "late", delayMs: 100 };
  };
  const writer = await storage.create("g", PLAIN);
  await writer.write(contentOf(26 * MIB));
  await writer.commit();
  assertEquals(await storage.sizeOf("g"), 26 * MIB);
  assertEquals(most, 2);
}, { ...MULTIPART, multipart_parts_in_flight: 2 });
