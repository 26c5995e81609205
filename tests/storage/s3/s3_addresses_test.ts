/**
 * Addresses of servers, through every client library: IPv6, a path, names
 * with an underscore; a certificate of another name.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  brokenOff,
  toRequestError,
} from "../../../lib/storage/objects/request_failure.ts";
import { storageErrorOf } from "../storage_contract.ts";
import { connect, LIBRARIES, settingsFor } from "./s3_fixture.ts";

/** A server that says how long the object is, and what it was asked. */
function startServer(hostname: string) {
  const seen: { path: string; host: string }[] = [];
  const server = Deno.serve(
    { hostname, port: 0, onListen: () => {} },
    (request) => {
      const { pathname } = new URL(request.url);
      seen.push({ path: pathname, host: request.headers.get("host") ?? "" });
      return new Response(null, { headers: { "content-length": "7" } });
    },
  );
  return { seen, port: server.addr.port, stop: () => server.shutdown() };
}

const OPTIONS = {
  access_key_id: "a",
  secret_access_key: "b",
  s3_max_attempts: 1,
};

for (const library of LIBRARIES) {
  for (
    const [hostname, name, path] of [
      ["::1", "[::1]", ""],
      ["127.0.0.1", "127.0.0.1", "/gate/s3"],
      ["127.0.0.1", "localhost", "/gate"],
    ] as const
  ) {
    Deno.test({
      name: `s3 addresses (${library}): http://${name}:PORT${path} is asked`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const server = startServer(hostname);
        const host = `${name}:${server.port}`;
        const storage = await connect(settingsFor("bucket", {
          ...OPTIONS,
          endpoint_url: `http://${host}${path}`,
          storage_library: library,
        }));
        try {
          assertEquals(await storage.sizeOf("d/x"), 7);
          assertEquals(server.seen, [{ path: `${path}/bucket/d/x`, host }]);
        } finally {
          storage.close?.();
          await server.stop();
        }
      },
    });
  }

  Deno.test({
    name: `s3 addresses (${library}): a name with an underscore is an address`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const storage = await connect(settingsFor("bucket", {
        ...OPTIONS,
        endpoint_url: "http://no_such_host.invalid:9000",
        storage_library: library,
      }));
      const error = await storageErrorOf(() => storage.sizeOf("x"));
      storage.close?.();
      assertStringIncludes(error.message, "http://no_such_host.invalid:9000: ");
    },
  });
}

for (
  const [bucket, library] of [
    ["my_bucket", "fetch"],
    ["tenant:bucket", "fetch"],
    ["my_bucket", "aws-sdk"],
    ["tenant:bucket", "aws-sdk"],
  ] as const
) {
  Deno.test({
    name: `s3 addresses (${library}): the bucket ${bucket} is asked for`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = startServer("127.0.0.1");
      const storage = await connect(settingsFor(bucket, {
        ...OPTIONS,
        endpoint_url: `http://127.0.0.1:${server.port}`,
        storage_library: library,
      }));
      assertEquals(await storage.sizeOf("x"), 7);
      storage.close?.();
      await server.stop();
      assertEquals(
        server.seen.map(({ path }) => decodeURIComponent(path)),
        [`/${bucket}/x`],
      );
    },
  });
}

Deno.test("a certificate of another name is no case for --insecure", () => {
  for (
    const message of [
      'invalid peer certificate: certificate not valid for name "a.b.s3.x"; ' +
      "certificate is only valid for *.s3.x",
      "invalid peer certificate: NotValidForName",
      "Hostname/IP does not match certificate's altnames: Host: a",
      "connection error",
    ]
  ) {
    const { signal } = new AbortController();
    const failure = brokenOff(new Error(message), signal);
    const error = toRequestError(failure, {
      operation: "read",
      name: { bucket: "a.b", key: "k" },
      endpoint: "https://s3.x",
      proxy: null,
      attempts: 1,
      secrets: [],
    });
    assertEquals(error.message.includes("--insecure"), false, error.message);
    assertStringIncludes(error.message, "for another name");
  }
});
