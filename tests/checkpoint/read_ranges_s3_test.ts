/**
 * Ranges of a checkpoint's object through every client library, with faults
 * on the way.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatasetError, StorageError } from "../../lib/errors.ts";
import { STOPPED_CODE } from "../../lib/storage/objects/request_failure.ts";
import { readCheckpointFile } from "../../lib/checkpoint/read_file.ts";
import { contentOf, putFile } from "../storage/storage_contract.ts";
import { type FaultCase, testFault } from "../storage/s3/fault_case.ts";
import {
  firstOf,
  s3Error,
  type SeenRequest,
  startFaultProxy,
} from "../storage/s3/fault_proxy.ts";
import {
  connect,
  LIBRARIES,
  optionsFor,
  settingsFor,
} from "../storage/s3/s3_fixture.ts";
import { startS3rver } from "../storage/s3/s3rver_server.ts";
import { CountingMeter } from "./storage_doubles.ts";

const MIB = 2 ** 20;
/** Five ranges, the last one short. */
const OBJECT = contentOf(21 * MIB + 77);
const RANGE_COUNT = 5;
const OPTIONS = { multipart_part_size: 5 * MIB, range_gets_in_flight: 3 };

const isGet = ({ method, target }: SeenRequest) =>
  method === "GET" && target.includes("/g");

/** A test with the object "g" in place. */
function testRanges(
  outcome: string,
  run: (given: FaultCase) => Promise<void>,
): void {
  testFault(`a checkpoint in ranges: ${outcome}`, async (given) => {
    await putFile(given.storage, "g", OBJECT);
    given.told.requests.get = 0;
    given.told.bytes = 0;
    await run(given);
  }, OPTIONS);
}

function read(
  { storage }: Pick<FaultCase, "storage">,
  meter = new CountingMeter(),
  fileBytes = OBJECT.length,
) {
  const buffer = new Uint8Array(0);
  return readCheckpointFile("g", fileBytes, { storage, buffer, meter });
}

testRanges("all are read, so many at a time", async (given) => {
  let underWay = 0;
  let most = 0;
  given.proxy.rule = (request) => {
    if (!isGet(request)) return null;
    most = Math.max(most, ++underWay);
    setTimeout(() => underWay--, 100);
    return { kind: "late", delayMs: 100 };
  };
  const meter = new CountingMeter();
  const cost = await read(given, meter);
  assertEquals([cost.byteCount, cost.isComplete], [OBJECT.length, true]);
  assertEquals(meter.readBytes, OBJECT.length);
  assertEquals(meter.operations, RANGE_COUNT);
  assertEquals(given.told.requests.get, RANGE_COUNT);
  assertEquals(given.told.requests.first_byte, RANGE_COUNT);
  assertEquals(given.told.bytes, OBJECT.length);
  assertEquals(most, 3);
});

testRanges("one that breaks off is retried and counted once", async (given) => {
  given.proxy.rule = firstOf(1, isGet, { kind: "cut", bodyBytes: MIB });
  const meter = new CountingMeter();
  assertEquals((await read(given, meter)).byteCount, OBJECT.length);
  assertEquals([meter.readBytes, meter.operations], [
    OBJECT.length,
    RANGE_COUNT,
  ]);
  assertEquals([given.told.retries, given.told.failures], [1, 0]);
  assertEquals(given.told.bytes, OBJECT.length);
});

testRanges("one that always fails ends the load", async (given) => {
  let seen = 0;
  given.proxy.rule = (request) =>
    isGet(request) && ++seen >= 3
      ? { kind: "answer", ...s3Error(403, "AccessDenied") }
      : null;
  await assertRejects(() => read(given), StorageError, "AccessDenied");
  assert(seen <= RANGE_COUNT, `${seen}`);
  assert(given.told.failures >= 1);
});

for (const wrongBytes of [OBJECT.length - 1, OBJECT.length + 1]) {
  testRanges(`a length of ${wrongBytes} is refused`, async (given) => {
    await assertRejects(
      () => read(given, new CountingMeter(), wrongBytes),
      DatasetError,
      `must have ${wrongBytes} bytes, but has ${OBJECT.length}`,
    );
    assertEquals(given.told.requests.get, 0);
  });
}

testRanges("a stop in the middle begins no other", async (given) => {
  const meter = new CountingMeter(1);
  const cost = await read(given, meter);
  assertEquals(cost.isComplete, false);
  assertEquals(cost.byteCount, meter.readBytes);
  assert(cost.byteCount < OBJECT.length);
});

for (const library of LIBRARIES) {
  Deno.test({
    name: `s3 (${library}): an abort ends all ranges in flight`,
    // Connections that were cut are torn down after the test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const proxy = startFaultProxy(server.endpoint);
      const controller = new AbortController();
      const options = optionsFor({ ...server, endpoint: proxy.endpoint }, {
        storage_library: library,
        ...OPTIONS,
        // With fewer in flight nothing would abort.
        s3_max_attempts: 1,
        total_timeout: "10s",
      });
      const storage = await connect(settingsFor(server.bucket, options), {
        signal: controller.signal,
      });
      try {
        await putFile(storage, "g", OBJECT);
        let seen = 0;
        proxy.rule = (request) => {
          if (!isGet(request)) return null;
          if (++seen === 3) controller.abort();
          return { kind: "stall", bodyBytes: MIB };
        };
        const meter = new CountingMeter();
        const error = await assertRejects(
          () => read({ storage }, meter),
          StorageError,
        );
        assertEquals(error.code, STOPPED_CODE, error.message);
        assertEquals([seen, meter.readBytes], [3, 0]);
      } finally {
        storage.close?.();
        await proxy.stop();
        await server.stop();
      }
    },
  });
}
