/**
 * Multipart uploads that go wrong, through every client library.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Storage } from "../../../lib/storage/storage.ts";
import { contentOf, storageErrorOf } from "../storage_contract.ts";
import { testFault } from "./fault_case.ts";
import {
  type FaultProxy,
  firstOf,
  s3Error,
  type SeenRequest,
} from "./fault_proxy.ts";

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
