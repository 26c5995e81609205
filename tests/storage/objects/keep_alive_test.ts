/**
 * Connections are used again: as many are opened as requests are in flight,
 * however many there are. Deno's fetch tells nobody, so a server counts.
 */
import { assert, assertEquals } from "@std/assert";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import { nodeStackServes } from "../../../lib/storage/objects/node_stack.ts";
import { s3Kind } from "../../../lib/storage/s3/s3_kind.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { checkedOptions } from "../checked_options.ts";
import { ReadRecorder } from "../read_recorder.ts";
import { LIBRARIES, optionsFor } from "../s3/s3_fixture.ts";

const NO_BUFFER = new Uint8Array(0);
const BODY = new Uint8Array(200_000);
const IN_FLIGHT = 4;
const REQUESTS = 60;

/** Answers every GET and HEAD, and knows its connections by their ports. */
function startCountingServer() {
  const ports = new Set<number>();
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ method }, { remoteAddr }) => {
      ports.add((remoteAddr as Deno.NetAddr).port);
      requests++;
      return new Response(method === "HEAD" ? null : BODY, {
        headers: {
          "content-length": `${BODY.length}`,
          etag: '"0"',
          "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
        },
      });
    },
  );
  return {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    counts: () => ({ connections: ports.size, requests }),
    stop: () => server.shutdown(),
  };
}

/** Storages by their names, at an endpoint. */
const STORAGES: Readonly<
  Record<string, (endpoint: string) => Promise<Storage> | Storage>
> = {
  ...Object.fromEntries(LIBRARIES.map((library) => [
    `s3 (${library})`,
    (endpoint: string) => {
      const identity = { accessKeyId: "key", secretAccessKey: "secret" };
      const options = optionsFor({ endpoint, ...identity }, {
        storage_library: library,
      });
      return s3Kind.connect({
        kind: "s3",
        root: "bucket",
        options: checkedOptions("s3", options),
      });
    },
  ])),
  aistore: (endpoint) =>
    aistoreKind.connect({
      kind: "aistore",
      root: "bucket",
      options: checkedOptions("aistore", { endpoint_url: endpoint }),
    }),
};

for (const [name, connect] of Object.entries(STORAGES)) {
  Deno.test({
    name: `${name} opens no more connections than requests are in flight`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = startCountingServer();
      const storage = await connect(server.endpoint);
      try {
        let next = 0;
        const lane = async () => {
          while (next++ < REQUESTS) {
            const meter = new ReadRecorder();
            await storage.drain("f", BODY.length, NO_BUFFER, meter);
            assertEquals(meter.reads, [BODY.length]);
            assertEquals(await storage.sizeOf("f"), BODY.length);
          }
        };
        await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
        const { connections, requests } = server.counts();
        assertEquals(requests, 2 * REQUESTS);
        const most =
          name === "s3 (minio)" && !nodeStackServes(Deno.version.deno)
            ? 2 * IN_FLIGHT
            : IN_FLIGHT;
        assert(connections <= most, `${connections} connections`);
      } finally {
        storage.close?.();
        await server.stop();
      }
    },
  });
}
