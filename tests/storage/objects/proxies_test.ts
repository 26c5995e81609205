/**
 * HTTP proxies: every client library goes through the one that is named, or
 * past it, alike; errors name it.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { nodeStackServes } from "../../../lib/storage/objects/node_stack.ts";
import {
  NO_PROXIES,
  parseProxy,
  proxyFor,
} from "../../../lib/storage/objects/proxy.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { checkedOptions } from "../checked_options.ts";
import { startFakeAistore } from "../aistore/fake_aistore.ts";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import { contentOf, putFile, storageErrorOf } from "../storage_contract.ts";
import {
  connect,
  LIBRARIES,
  optionsFor,
  settingsFor,
} from "../s3/s3_fixture.ts";
import { startS3rver } from "../s3/s3rver_server.ts";
import { createCredentials, startTlsFront } from "../s3/tls_front.ts";
import { startHttpProxy } from "./http_proxy.ts";

Deno.test("proxyFor() decides by scheme and by what is excepted", () => {
  const http = "http://p1:3128";
  const https = "http://p2";
  for (
    const [address, except, origin] of [
      ["http://h:9000/x", [], "http://p1:3128"],
      ["https://h", [], "http://p2"],
      ["http://h.example", ["example"], null],
      ["http://h.example", [".example"], null],
      ["http://h.example", ["*.example"], null],
      ["http://H.Example", ["h.EXAMPLE"], null],
      ["http://hexample", ["example"], "http://p1:3128"],
      ["http://10.1.2.3", ["10.0.0.0/8"], null],
      ["http://10.1.2.3", ["10.1.2.3"], null],
      ["http://11.1.2.3", ["10.0.0.0/8"], "http://p1:3128"],
      ["http://11.1.2.3", ["10.0.0.0/99", "1.2.3"], "http://p1:3128"],
      ["http://[fd00::1]:9000", ["fd00::/8"], null],
      ["http://[fd00::1]:9000", ["[fd00::1]"], null],
      ["http://[fe80::1]:9000", ["fd00::/8", "10.0.0.0/8"], "http://p1:3128"],
      ["https://anything", ["*"], null],
    ] as const
  ) {
    const proxy = proxyFor(address, { http, https, except });
    assertEquals(proxy?.origin ?? null, origin, `${address} ${except}`);
  }
  assertEquals(proxyFor("http://h", NO_PROXIES), null);
  assertEquals(proxyFor("http://h", { http: null, https, except: [] }), null);
});

Deno.test("parseProxy() takes HTTP proxies, with or without a scheme", () => {
  assertEquals(parseProxy("p:3128")?.port, 3128);
  assertEquals(parseProxy("http://p")?.port, 80);
  assertEquals(parseProxy("http://a%40b:c@p:1"), {
    origin: "http://p:1",
    hostname: "p",
    port: 1,
    credentials: { username: "a@b", password: "c" },
  });
  for (const text of ["socks5://p:1", "https://p:1", "http://", "http://["]) {
    assertEquals(parseProxy(text), null, text);
  }
});

/** Every kind of request. */
async function useAll(storage: Storage): Promise<void> {
  const content = contentOf(10_000);
  await putFile(storage, "d/x", content);
  assertEquals(await storage.sizeOf("d/x"), content.length);
  const view = new Uint8Array(100);
  assertEquals(await (await storage.open("d/x")).readInto(view, 5000), 100);
  assertEquals(view, content.subarray(5000, 5100));
  const names: string[] = [];
  for await (const { name } of storage.list("d")) names.push(name);
  assertEquals(names, ["x"]);
  await storage.remove("d/x");
}

/** A refusing port. */
function deadAddress(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return `http://127.0.0.1:${listener.addr.port}`;
}

const LOOSE = { sanitizeOps: false, sanitizeResources: false };

for (const library of LIBRARIES) {
  for (const isTls of [false, true]) {
    Deno.test({
      name: `proxies (${library}${isTls ? ", TLS" : ""}): all requests go ` +
        "through the one that is named, or past it",
      ...LOOSE,
      // Refused there, see `node_stack.ts`.
      ignore: library === "minio" && isTls &&
        !nodeStackServes(Deno.version.deno),
      fn: async () => {
        const server = await startS3rver();
        const proxy = startHttpProxy();
        const credentials = isTls ? await createCredentials() : null;
        const front = credentials === null
          ? null
          : await startTlsFront(server.endpoint, credentials);
        const ca = await Deno.makeTempFile({ suffix: ".pem" });
        await Deno.writeTextFile(ca, credentials?.authority ?? "");
        const endpoint = front?.endpoint ?? server.endpoint;
        const named = proxy.address.replace("//", "//me:secret%21@");
        const connectWith = (others: Record<string, unknown>) =>
          connect(settingsFor(
            server.bucket,
            optionsFor({ ...server, endpoint }, {
              storage_library: library,
              s3_max_attempts: 1,
              ...(isTls ? { ca_bundle: ca } : {}),
              ...others,
            }),
          ));
        const option = isTls ? "https_proxy" : "http_proxy";
        try {
          const through = await connectWith({ [option]: named });
          await useAll(through);
          through.close?.();
          assertEquals(proxy.seen.length > 0, true);
          const { host } = new URL(endpoint);
          for (const line of proxy.seen) {
            assertStringIncludes(
              line,
              isTls ? `CONNECT ${host}` : ` http://${host}/bucket`,
            );
          }
          const expected = `Basic ${btoa("me:secret!")}`;
          assertEquals([...new Set(proxy.credentials)], [expected]);
          const before = proxy.seen.length;
          for (
            const others of [
              { [option]: named, no_proxy: "127.0.0.0/8" },
              { [isTls ? "http_proxy" : "https_proxy"]: named },
            ]
          ) {
            const past = await connectWith(others);
            await useAll(past);
            past.close?.();
          }
          assertEquals(proxy.seen.length, before);
          const dead = deadAddress();
          const lost = await connectWith({ [option]: dead });
          const error = await storageErrorOf(() => lost.sizeOf("x"));
          lost.close?.();
          assertStringIncludes(
            error.message,
            `${endpoint}, through the proxy ${dead}: `,
          );
          assertStringIncludes(error.message, "name the host in NO_PROXY");
        } finally {
          await front?.stop();
          await proxy.stop();
          await server.stop();
          await Deno.remove(ca);
        }
      },
    });
  }
}

Deno.test({
  name: "proxies (aistore): all requests go through the one that is named",
  ...LOOSE,
  fn: async () => {
    const cluster = await startFakeAistore();
    // The fake takes no body of a connection to close, which a proxy makes.
    cluster.buckets.set("bucket", new Map([["d/x", contentOf(10_000)]]));
    const proxy = startHttpProxy();
    try {
      const storage = await aistoreKind.connect({
        kind: "aistore",
        root: "bucket",
        options: checkedOptions("aistore", {
          endpoint_url: cluster.endpoint,
          http_proxy: proxy.address,
        }),
      });
      assertEquals(await storage.sizeOf("d/x"), 10_000);
      const names: string[] = [];
      for await (const { name } of storage.list("d")) names.push(name);
      assertEquals(names, ["x"]);
      storage.close?.();
      const roles = [cluster.endpoint, cluster.target];
      for (const role of roles) {
        assertEquals(
          proxy.seen.some((line) => line.includes(` ${role}/v1/`)),
          true,
          proxy.seen.join("\n"),
        );
      }
      assertEquals(
        proxy.seen.some((line) =>
          line.startsWith("GET") &&
          line.includes("/v1/buckets/")
        ),
        true,
      );
    } finally {
      await proxy.stop();
      await cluster.stop();
    }
  },
});
