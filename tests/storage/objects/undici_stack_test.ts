/**
 * Tests of lib/storage/objects/undici_stack.ts, which stands in for node:http
 * in Deno 2.4.2, and of the choice between the two.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../../lib/errors.ts";
import type http from "node:http";
import { NO_PROXIES } from "../../../lib/storage/objects/proxy.ts";
import { UndiciStack } from "../../../lib/storage/objects/undici_stack.ts";
import {
  checkTunnel,
  nodeStackServes,
} from "../../../lib/storage/objects/node_stack.ts";

const IN_FLIGHT = 4;
const REQUESTS = 60;
const BODY = new Uint8Array(100_000);

/** Tells a request's method, and the bytes and host of its answer. */
function ask(
  stack: UndiciStack,
  options: http.RequestOptions,
): Promise<{ bytes: number; host: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    { bytes: number; host: string }
  >();
  const request = stack.request(
    { protocol: "http:", path: "/x", ...options },
    (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Uint8Array) => bytes += chunk.length);
      answer.on("end", () => {
        resolve({ bytes, host: String(answer.headers["x-host"]) });
      });
      answer.on("error", reject);
    },
  );
  request.on("error", reject);
  request.end();
  return promise;
}

for (const [hostname, name] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"]]) {
  Deno.test({
    name:
      `UndiciStack asks ${name}, by GET and HEAD over connections that it uses again`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const ports = new Set<number>();
      const server = Deno.serve(
        { hostname: hostname ?? "", port: 0, onListen: () => {} },
        ({ method, headers }, { remoteAddr }) => {
          ports.add((remoteAddr as Deno.NetAddr).port);
          return new Response(method === "HEAD" ? null : BODY, {
            headers: {
              "content-length": `${BODY.length}`,
              "x-host": headers.get("host") ?? "",
            },
          });
        },
      );
      const stack = new UndiciStack({
        tls: { caCerts: null, insecure: false },
        proxies: NO_PROXIES,
      });
      const { port } = server.addr;
      // As the library minio calls it: without brackets.
      const place = { host: hostname ?? "", port };
      let next = 0;
      const lane = async () => {
        while (next++ < REQUESTS) {
          const host = `${name}:${port}`;
          assertEquals(
            await ask(stack, { ...place, method: "GET" }),
            { bytes: BODY.length, host },
          );
          assertEquals(
            await ask(stack, { ...place, method: "HEAD" }),
            { bytes: 0, host },
          );
        }
      };
      try {
        await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
        // Each may be used again a turn of the event loop after its answer.
        assert(ports.size <= 2 * IN_FLIGHT, `${ports.size} connections`);
      } finally {
        stack.close();
        await server.shutdown();
      }
    },
  });
}

Deno.test({
  name: "UndiciStack lets an answer be dropped that is there and was not read",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response("short"),
    );
    const stack = new UndiciStack({
      tls: { caCerts: null, insecure: false },
      proxies: NO_PROXIES,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = stack.request({
      protocol: "http:",
      method: "GET",
      host: "127.0.0.1",
      port: server.addr.port,
      path: "/",
    }, (answer) => {
      answer.once("close", () => setTimeout(resolve));
      // All of it is there, and its head is not what was hoped for.
      setTimeout(() => answer.destroy(), 20);
    });
    request.end();
    // An error that nobody hears would end the test, and the thread of a run.
    await promise;
    stack.close();
    await server.shutdown();
  },
});

Deno.test("TLS through a proxy over undici is refused with Deno 2.4.2, nothing else is", () => {
  const { proxies } = {
    proxies: { http: "http://p:1", https: "http://p:2", except: ["near"] },
  };
  const check = (endpoint: string, version: string) =>
    checkTunnel(endpoint, { proxies }, "storage_library = minio", version);
  assertThrows(
    () => check("https://s3.far", "2.4.2"),
    ConfigError,
    "Cannot use storage_library = minio for https://s3.far through the proxy " +
      "http://p:2 as node:tls",
  );
  check("https://s3.far", "2.9.6");
  check("https://near", "2.4.2");
  check("http://s3.far", "2.4.2");
});

for (
  const [version, serves] of [
    ["2.4.2", false],
    ["2.8.9", false],
    ["2.9.0", true],
    ["2.10.1", true],
    ["3.0.0", true],
    ["1.46.3", false],
  ] as const
) {
  Deno.test(`with Deno ${version} the library minio uses ${serves ? "node:http" : "undici"}`, () => {
    assertEquals(nodeStackServes(version), serves);
  });
}
