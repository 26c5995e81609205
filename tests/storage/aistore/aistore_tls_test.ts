/**
 * AIStore over TLS with a certificate of a private authority: gateway and
 * target, requests and listings.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { createCredentials, startTlsFront } from "../s3/tls_front.ts";
import {
  contentOf,
  getFile,
  putFile,
  storageErrorOf,
} from "../storage_contract.ts";
import { startFakeAistore } from "./fake_aistore.ts";

/** A cluster of which nothing is reached without TLS but by redirects. */
async function startCluster({ isTargetPlain = false } = {}) {
  const credentials = await createCredentials();
  const authorityPath = await Deno.makeTempFile({ suffix: ".pem" });
  await Deno.writeTextFile(authorityPath, credentials.authority);
  const cluster = await startFakeAistore();
  const fronts = [cluster.endpoint, cluster.target]
    .map((endpoint) => startTlsFront(endpoint, credentials));
  const [gateway, target] = fronts.map(({ endpoint }) => endpoint);
  if (!isTargetPlain) cluster.target = target ?? "";
  return {
    authorityPath,
    connect: async (options: Record<string, unknown>): Promise<Storage> =>
      await aistoreKind.connect({
        kind: "aistore",
        root: "bucket",
        options: { endpoint_url: gateway, ...options },
      }),
    async [Symbol.asyncDispose]() {
      for (const front of fronts) await front.stop();
      await cluster.stop();
      await Deno.remove(authorityPath);
    },
  };
}

async function useAll(storage: Storage): Promise<void> {
  const content = contentOf(2_000_000);
  await putFile(storage, "d/x", content);
  assertEquals(await getFile(storage, "d/x"), content);
  const names: string[] = [];
  for await (const { name } of storage.list("d")) names.push(name);
  assertEquals(names, ["x"]);
  await storage.remove("d/x");
  assertEquals(await storage.sizeOf("d/x"), null);
  storage.close?.();
}

function testTls(outcome: string, fn: () => Promise<void>): void {
  // Connections that were refused are torn down after the test.
  const sanitizers = { sanitizeOps: false, sanitizeResources: false };
  Deno.test({ name: `aistore over TLS: ${outcome}`, ...sanitizers, fn });
}

testTls("an unknown authority is one error that says what to set", async () => {
  await using cluster = await startCluster();
  const storage = await cluster.connect({});
  for (
    const act of [
      () => storage.sizeOf("x"),
      () => storage.list("")[Symbol.asyncIterator]().next(),
    ]
  ) {
    const error = await storageErrorOf(act);
    assertEquals(error.code, "Certificate");
    assertStringIncludes(error.message, "ca_bundle or AWS_CA_BUNDLE");
  }
  storage.close?.();
});

testTls("with ca_bundle all requests are served", async () => {
  await using cluster = await startCluster();
  const ca_bundle = cluster.authorityPath;
  await useAll(await cluster.connect({ ca_bundle }));
});

testTls("with insecure all requests are served", async () => {
  await using cluster = await startCluster();
  await useAll(await cluster.connect({ insecure: true }));
});

testTls("a target without TLS is never followed to", async () => {
  await using cluster = await startCluster({ isTargetPlain: true });
  const storage = await cluster.connect({ insecure: true });
  // A write: the gateway itself knows that it has no bucket to read from.
  const write = () => putFile(storage, "x", contentOf(1));
  const error = await storageErrorOf(write);
  assertStringIncludes(error.message, "from HTTPS to http://127.0.0.1:");
  storage.close?.();
});
