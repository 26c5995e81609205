/**
 * Answers that do not end, through every client library: `total_timeout` ends
 * them whatever they are for, and so does the run's signal.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InterruptedError } from "../../../lib/errors.ts";
import { ReadRecorder } from "../read_recorder.ts";
import { storageErrorOf } from "../storage_contract.ts";
import { type Fault, s3Error } from "../s3/fault_proxy.ts";
import { BODY, type StoreCase, testStores } from "./object_store_case.ts";

const NO_BUFFER = new Uint8Array(0);

/** Every request whose answer has a body that somebody waits for. */
const REQUESTS: Readonly<Record<string, (given: StoreCase) => unknown>> = {
  "a whole object": ({ storage }) =>
    storage.drain("f", BODY.length, NO_BUFFER, new ReadRecorder()),
  "a manifest": ({ storage }) => storage.readText("f"),
  "a listing": async ({ storage }) => {
    for await (const _entry of storage.list(""));
  },
};

const ENDLESS: Readonly<Record<string, Fault>> = {
  "stands still": { kind: "stall", bodyBytes: 50 },
  drips: { kind: "endless", chunkBytes: 1, everyMs: 50 },
};

const matches = (given: StoreCase, fault: Fault) => {
  for (const proxy of new Set([given.objects, given.listings])) {
    proxy.rule = (request) =>
      given.isGet(request) && proxy === given.objects ||
        given.isListing(request)
        ? fault
        : null;
  }
};

for (const [how, fault] of Object.entries(ENDLESS)) {
  testStores(
    `an answer that ${how} ends at total_timeout, whatever it is for`,
    async (given) => {
      matches(given, fault);
      for (const [what, ask] of Object.entries(REQUESTS)) {
        const error = await storageErrorOf(async () => await ask(given));
        assertEquals(error.code, "TimeOut", `${what}: ${error.message}`);
        assertStringIncludes(error.message, "not complete within 0.4 s", what);
      }
    },
    { options: { total_timeout: 0.4 } },
  );
}

testStores("an answer that floods is cut off or times out", async (given) => {
  matches(given, { kind: "endless", chunkBytes: 2 ** 20, everyMs: 0 });
  for (const what of ["a manifest", "a listing"]) {
    const error = await storageErrorOf(async () =>
      await REQUESTS[what]?.(given)
    );
    assertEquals(
      /longer than|not complete within/.test(error.message),
      true,
      `${what}: ${error.message}`,
    );
  }
}, { options: { total_timeout: 3 } });

testStores("an error whose text never ends is an error too", async (given) => {
  const { objects } = given;
  objects.rule = (request) =>
    given.isGet(request)
      ? { kind: "answer", ...s3Error(403, `A${"x".repeat(3_000_000)}`) }
      : null;
  const error = await storageErrorOf(() =>
    given.storage.drain("f", BODY.length, NO_BUFFER, new ReadRecorder())
  );
  assertStringIncludes(error.message, "HTTP 403");
  assertEquals(error.message.length < 3000, true, `${error.message.length}`);
});

for (const [what, ask] of Object.entries(REQUESTS)) {
  testStores(
    `${what} that does not come ends with the run, for the run's reason`,
    async (given) => {
      matches(given, { kind: "stall", bodyBytes: 50 });
      const asked = assertRejects(
        async () => await ask(given),
        InterruptedError,
        "Interrupted by SIGINT",
      );
      setTimeout(
        () => given.stop.abort(new InterruptedError("Interrupted by SIGINT")),
        100,
      );
      await asked;
    },
  );
}
