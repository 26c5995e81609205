/**
 * S3 over TLS with a certificate of a private authority, through every
 * client library.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import {
  contentOf,
  getFile,
  putFile,
  storageErrorOf,
} from "../storage_contract.ts";
import {
  type FaultProxy,
  firstOf,
  type SeenRequest,
  startFaultProxy,
} from "./fault_proxy.ts";
import {
  connect,
  LIBRARIES,
  optionsFor,
  RequestRecorder,
  settingsFor,
} from "./s3_fixture.ts";
import { startS3rver } from "./s3rver_server.ts";
import { createCredentials, startTlsFront } from "./tls_front.ts";

const MIB = 2 ** 20;
/** Several chunks of TLS, and an upload of two parts. */
const CONTENT = contentOf(6 * MIB);
const MULTIPART = {
  multipart_threshold: 5 * MIB,
  multipart_part_size: 5 * MIB,
};

interface TlsCase {
  readonly storage: Storage;
  readonly told: RequestRecorder;
  readonly proxy: FaultProxy;
}

function testTls(
  outcome: string,
  run: (given: TlsCase) => Promise<void>,
  options: (authorityPath: string) => Record<string, unknown>,
): void {
  for (const library of LIBRARIES) {
    Deno.test({
      name: `s3 over TLS (${library}): ${outcome}`,
      // Connections that were refused are torn down after the test.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const credentials = await createCredentials();
        const authorityPath = await Deno.makeTempFile({ suffix: ".pem" });
        await Deno.writeTextFile(authorityPath, credentials.authority);
        const server = await startS3rver();
        const proxy = startFaultProxy(server.endpoint);
        const front = startTlsFront(proxy.endpoint, credentials);
        const told = new RequestRecorder();
        const storage = await connect(
          settingsFor(
            server.bucket,
            optionsFor({ ...server, endpoint: front.endpoint }, {
              storage_library: library,
              ...MULTIPART,
              ...options(authorityPath),
            }),
          ),
          { observer: told },
        );
        try {
          await run({ storage, told, proxy });
        } finally {
          storage.close?.();
          await front.stop();
          await proxy.stop();
          await server.stop();
          await Deno.remove(authorityPath);
        }
      },
    });
  }
}

/** Every kind of request. */
async function useAll({ storage, told }: TlsCase): Promise<void> {
  await putFile(storage, "d/small", CONTENT.subarray(0, 1000));
  await putFile(storage, "d/large", CONTENT);
  assertEquals(await getFile(storage, "d/large"), CONTENT);
  const names: string[] = [];
  for await (const { name } of storage.list("d")) names.push(name);
  assertEquals(names.sort(), ["large", "small"]);
  await storage.remove("d/small");
  assertEquals(await storage.sizeOf("d/small"), null);
  assertEquals(told.retries, 0);
}

testTls("an unknown authority is one error that says what to set", async (
  { storage, told },
) => {
  const error = await storageErrorOf(() => storage.sizeOf("f"));
  assertStringIncludes(error.message, "https://127.0.0.1:");
  assertStringIncludes(error.message, "ca_bundle or AWS_CA_BUNDLE");
  // node:https of Deno 2.4.2 does not say what it is, so it is tried again.
  if (error.code === "ConnectionLost") return;
  assertEquals(error.code, "Certificate");
  assertEquals([told.retries, told.failures], [0, 1]);
}, () => ({}));

testTls(
  "with ca_bundle all requests are served",
  useAll,
  (authorityPath) => ({ ca_bundle: authorityPath }),
);

testTls(
  "with insecure all requests are served",
  useAll,
  () => ({ insecure: true }),
);

testTls("with insecure a cut body is read again, a stalled one ends", async (
  { storage, told, proxy },
) => {
  await putFile(storage, "f", CONTENT.subarray(0, MIB));
  const isGet = ({ method }: SeenRequest) => method === "GET";
  proxy.rule = firstOf(1, isGet, { kind: "cut", bodyBytes: 1000 });
  assertEquals((await getFile(storage, "f")).length, MIB);
  assertEquals(told.retries, 1);
  proxy.rule = firstOf(9, isGet, { kind: "stall", bodyBytes: 1000 });
  const error = await storageErrorOf(() => getFile(storage, "f"));
  assertEquals(error.code, "TimeOut");
}, () => ({ insecure: true, total_timeout: 1, s3_max_attempts: 2 }));

Deno.test("s3Kind.notices() says which certificates are not checked", () => {
  const keys = { access_key_id: "a", secret_access_key: "b" };
  const noticesOf = (options: Record<string, unknown>) =>
    s3Kind.notices?.(settingsFor("bucket", { ...keys, ...options })) ?? [];
  assertEquals(noticesOf({ endpoint_url: "https://h" }), []);
  const [notice = ""] = noticesOf({
    endpoint_uris: "https://h[1-2],http://p",
    insecure: true,
  });
  assertStringIncludes(notice, "certificates of https://h1, https://h2 are");
  assertStringIncludes(
    noticesOf({ endpoint_url: "http://h", insecure: true })[0] ?? "",
    "without effect",
  );
});
