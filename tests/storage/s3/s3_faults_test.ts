/**
 * Faults between Stoker and a real server, through every client library:
 * each is retried and counted, or one clear error; never wrong bytes.
 */
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { ReadRecorder } from "../read_recorder.ts";
import { putFile, storageErrorOf } from "../storage_contract.ts";
import { BODY, type FaultCase, testFault } from "./fault_case.ts";
import {
  type Fault,
  firstOf,
  s3Error,
  type SeenRequest,
} from "./fault_proxy.ts";
import { connect, LIBRARIES, settingsFor } from "./s3_fixture.ts";

const NO_BUFFER = new Uint8Array(0);

const isGet = ({ method, target }: SeenRequest) =>
  method === "GET" && target.includes("/f");
const isPut = ({ method }: SeenRequest) => method === "PUT";

/** Drains "f" and says what was counted. */
async function drain({ storage }: FaultCase) {
  const meter = new ReadRecorder();
  const byteCount = await storage.drain("f", BODY.length, NO_BUFFER, meter);
  return { byteCount, reads: meter.reads };
}

/** Faults that pass: the bytes are counted once, the attempts as retries. */
const PASSING: Readonly<Record<string, Fault>> = {
  "a connection that is dropped": { kind: "drop" },
  "a body that is cut": { kind: "cut", bodyBytes: 100_000 },
  "an answer without a body": { kind: "cut", bodyBytes: 0 },
  "a burst of 500": { kind: "answer", ...s3Error(500, "InternalError") },
  "a burst of 503": { kind: "answer", ...s3Error(503, "SlowDown") },
  "a burst of 429": { kind: "answer", ...s3Error(429, "TooManyRequests") },
};

for (const [name, fault] of Object.entries(PASSING)) {
  testFault(`${name} is retried, counted, and read once`, async (given) => {
    given.proxy.rule = firstOf(2, isGet, fault);
    assertEquals(await drain(given), {
      byteCount: BODY.length,
      reads: [BODY.length],
    });
    assertEquals([given.told.retries, given.told.failures], [2, 0]);
    assertEquals(given.told.bytes, 2 * BODY.length);
  });
}

testFault(
  "what never ends failing is one error with all facts",
  async (given) => {
    const { proxy, told } = given;
    proxy.rule = firstOf(99, isGet, {
      kind: "answer",
      ...s3Error(503, "SlowDown"),
    });
    const error = await storageErrorOf(() => drain(given));
    assertStringIncludes(error.message, 'Cannot read "s3://bucket/f"');
    assertStringIncludes(error.message, `${proxy.endpoint} answered HTTP 503`);
    assertStringIncludes(error.message, "request REQ42, after 3 attempts");
    assertEquals([told.retries, told.failures], [2, 1]);
    assertEquals(proxy.seen.filter((each) => each.startsWith("GET")).length, 3);
  },
);

for (const status of [429, 503]) {
  testFault(`${status} with Retry-After is tried again then`, async (given) => {
    const { proxy, told } = given;
    const busy = s3Error(status, "SlowDown");
    proxy.rule = firstOf(1, isGet, {
      kind: "answer",
      ...busy,
      headers: { ...busy.headers, "retry-after": "1" },
    });
    const startMs = performance.now();
    assertEquals((await drain(given)).byteCount, BODY.length);
    // The backoff alone would be 100 ms at most.
    assertGreaterOrEqual(performance.now() - startMs, 1000);
    assertEquals([told.retries, told.failures], [1, 0]);
  });
}

testFault("Retry-After waits no longer than a request may", async (given) => {
  const busy = s3Error(503, "SlowDown");
  given.proxy.rule = firstOf(1, isGet, {
    kind: "answer",
    ...busy,
    headers: { "retry-after": "86400" },
  });
  assertEquals((await drain(given)).byteCount, BODY.length);
  assertEquals(given.told.retries, 1);
}, { total_timeout: 0.5 });

testFault("a body that stalls ends at the total time-out", async (given) => {
  given.proxy.rule = firstOf(99, isGet, { kind: "stall", bodyBytes: 1000 });
  const error = await storageErrorOf(() => drain(given));
  assertEquals(error.code, "TimeOut");
  assertStringIncludes(error.message, "not complete within 0.4 s");
  assertStringIncludes(error.message, given.proxy.endpoint);
}, { total_timeout: 0.4, s3_max_attempts: 2 });

testFault("a slow first byte is retried at its own time-out", async (given) => {
  given.proxy.rule = firstOf(1, isGet, { kind: "late", delayMs: 1500 });
  assertEquals((await drain(given)).byteCount, BODY.length);
  assertEquals(given.told.retries, 1);
}, { connect_timeout: 0.2, first_byte_timeout: 0.3 });

testFault("a short body with right headers is never counted", async (given) => {
  given.proxy.rule = firstOf(99, isGet, {
    kind: "cut",
    bodyBytes: BODY.length - 1,
  });
  const meter = new ReadRecorder();
  const error = await storageErrorOf(() =>
    given.storage.drain("f", BODY.length, NO_BUFFER, meter)
  );
  assertEquals(error.operation, "read");
  assertEquals(meter.reads, []);
});

testFault("404 of one object is ENOENT at once", async (given) => {
  const { proxy, told } = given;
  proxy.rule = firstOf(99, isGet, {
    kind: "answer",
    ...s3Error(404, "NoSuchKey"),
  });
  const error = await storageErrorOf(() => drain(given));
  assertEquals(error.code, "ENOENT");
  assertEquals([told.retries, told.failures], [0, 1]);
});

for (
  const [code, advice] of [
    ["AccessDenied", "check the rights"],
    ["ExpiredToken", "renew session_token"],
    ["RequestTimeTooSkewed", "clocks"],
    ["SignatureDoesNotMatch", "check secret_access_key"],
  ] as const
) {
  testFault(
    `403 ${code} is not retried, and the error says what to check`,
    async (given) => {
      given.proxy.rule = firstOf(99, isGet, {
        kind: "answer",
        ...s3Error(403, code),
      });
      const error = await storageErrorOf(() => drain(given));
      assertEquals(error.code, code);
      assertStringIncludes(error.message, advice);
      assertEquals(given.told.retries, 0);
    },
  );
}

testFault("a redirect loop ends after five steps", async (given) => {
  const { proxy } = given;
  const before = proxy.seen.length;
  proxy.rule = (request) =>
    isGet(request)
      ? {
        kind: "answer",
        status: 307,
        headers: { location: `${proxy.endpoint}/bucket/f` },
      }
      : null;
  const error = await storageErrorOf(() => drain(given));
  assertStringIncludes(error.message, "307");
  assertEquals(proxy.seen.length - before, 6);
});

testFault(
  "redirects are signed for the new host and followed",
  async (given) => {
    const { proxy } = given;
    for (const status of [301, 302, 307, 308]) {
      const other = proxy.endpoint.replace("127.0.0.1", "localhost");
      proxy.rule = firstOf(1, isGet, {
        kind: "answer",
        status,
        headers: { location: `${other}/bucket/f` },
      });
      // s3rver refuses what is signed for another host.
      assertEquals((await drain(given)).byteCount, BODY.length);
    }
    assertEquals(given.told.retries, 0);
  },
);

testFault(
  "a redirect's own query goes to the new host, signed",
  async (given) => {
    const { proxy } = given;
    const other = proxy.endpoint.replace("127.0.0.1", "localhost");
    const query = "b-c=%2F&b=2&b=1&a=with%20space";
    proxy.rule = firstOf(1, isGet, {
      kind: "answer",
      status: 307,
      headers: { location: `${other}/bucket/f?${query}` },
    });
    assertEquals((await drain(given)).byteCount, BODY.length);
    const { searchParams } = new URL(
      proxy.seen.at(-1)?.split(" ")[1] ?? "",
      other,
    );
    assertEquals([...searchParams].sort(), [
      ["a", "with space"],
      ["b", "1"],
      ["b", "2"],
      ["b-c", "/"],
    ]);
  },
);

testFault(
  "a redirect without a query keeps the request's own",
  async (given) => {
    const { proxy, storage } = given;
    await putFile(storage, "d/in", BODY);
    proxy.rule = firstOf(1, ({ target }) => target.includes("list-type=2"), {
      kind: "answer",
      status: 307,
      headers: {
        location: `${proxy.endpoint.replace("127.0.0.1", "localhost")}/bucket`,
      },
    });
    const { value } = await storage.list("d")[Symbol.asyncIterator]().next();
    assertEquals(value, { name: "in", isFolder: false });
    assert(proxy.seen.at(-1)?.includes("prefix=d%2F"));
  },
);

testFault(
  "a listing that cannot be continued is no short listing",
  async (given) => {
    given.proxy.rule = (request) =>
      request.target.includes("list-type=2")
        ? {
          kind: "answer",
          status: 200,
          headers: { "content-type": "application/xml" },
          body: '<?xml version="1.0"?><ListBucketResult>' +
            "<IsTruncated>true</IsTruncated>" +
            "<Contents><Key>d/a</Key></Contents></ListBucketResult>",
        }
        : null;
    const error = await storageErrorOf(() =>
      given.storage.list("d")[Symbol.asyncIterator]().next()
    );
    assertEquals(error.operation, "list");
    assertStringIncludes(error.message, "cannot be continued");
  },
);

testFault(
  "a listing that is cut is retried from its beginning",
  async (given) => {
    const { proxy, storage, told } = given;
    for (let i = 0; i < 20; i++) {
      await putFile(storage, `d/${i}`, BODY.subarray(0, 1));
    }
    const isList = ({ target }: SeenRequest) => target.includes("list-type=2");
    const namesIn = async () => {
      let count = 0;
      for await (const _entry of storage.list("d")) count++;
      return count;
    };
    const before = told.retries;
    proxy.rule = firstOf(2, isList, { kind: "cut", bodyBytes: 1500 });
    assertEquals(await namesIn(), 20);
    assertEquals(told.retries - before, 2);
    proxy.rule = firstOf(99, isList, { kind: "cut", bodyBytes: 1500 });
    const error = await storageErrorOf(namesIn);
    assertEquals(error.operation, "list");
    assertStringIncludes(error.message, "after 3 attempts");
  },
);

testFault("a put that fails twice writes the right bytes", async (given) => {
  const { proxy, storage, told } = given;
  proxy.rule = firstOf(2, isPut, {
    kind: "answer",
    ...s3Error(503, "SlowDown"),
  });
  await putFile(storage, "g", BODY);
  assertEquals(await storage.sizeOf("g"), BODY.length);
  assertEquals([told.retries, told.requests.put], [2, 2]);
});

testFault(
  "an object that is not as long as written is an error",
  async (given) => {
    given.proxy.rule = ({ method }) =>
      method === "HEAD"
        ? { kind: "answer", status: 200, headers: { "content-length": "7" } }
        : null;
    const error = await storageErrorOf(() => putFile(given.storage, "h", BODY));
    assertEquals([error.operation, error.code], ["verify", "WrongLength"]);
  },
);

for (const library of LIBRARIES) {
  Deno.test(`s3 faults (${library}): a dead endpoint is named`, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const storage = await connect(settingsFor("bucket", {
      storage_library: library,
      endpoint_url: `http://127.0.0.1:${port}`,
      access_key_id: "a",
      secret_access_key: "topsecret",
      s3_max_attempts: 2,
    }));
    const error = await storageErrorOf(() => storage.sizeOf("f"));
    assertStringIncludes(error.message, `http://127.0.0.1:${port}: `);
    assertStringIncludes(error.message, "nothing listens there");
    assertEquals(error.message.includes("topsecret"), false);
    storage.close?.();
  });
}
