/**
 * An object store that costs next to nothing, so that a client can be
 * measured: no signatures, no disk, no copies. It remembers the length of a
 * large object and answers with zeros, and keeps small ones whole.
 *
 *    deno run --allow-net scripts/perf/object_server.ts     prints its port
 */

/** Objects up to this length are kept. */
const KEPT_BYTES = 64 * 1024;

const kept = new Map<string, Uint8Array<ArrayBuffer>>();
const lengths = new Map<string, number>();
/** Zeros to answer with, by length. */
const bodies = new Map<number, Uint8Array<ArrayBuffer>>();

function contentOf(path: string): Uint8Array<ArrayBuffer> | null {
  const small = kept.get(path);
  if (small !== undefined) return small;
  const byteCount = lengths.get(path);
  if (byteCount === undefined) return null;
  let body = bodies.get(byteCount);
  if (body === undefined) {
    body = new Uint8Array(byteCount);
    bodies.set(byteCount, body);
  }
  return body;
}

async function put(path: string, request: Request): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length <= KEPT_BYTES) {
    kept.set(path, new Uint8Array(await request.arrayBuffer()));
    return new Response(null, { headers: { etag: '"0"' } });
  }
  let byteCount = 0;
  for await (const chunk of request.body ?? []) byteCount += chunk.length;
  kept.delete(path);
  lengths.set(path, byteCount);
  return new Response(null, { headers: { etag: '"0"' } });
}

function get(path: string, request: Request): Response {
  const body = contentOf(path);
  if (body === null) return new Response(null, { status: 404 });
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (range === null) return new Response(body);
  const end = Math.min(Number(range[2]) + 1, body.length);
  return new Response(body.subarray(Number(range[1]), end), {
    status: 206,
    headers: { "content-range": `bytes ${range[1]}-${end - 1}/${body.length}` },
  });
}

function list(prefix: string, bucket: string): Response {
  const keys = [...kept.keys(), ...lengths.keys()]
    .map((path) => path.slice(bucket.length + 1))
    .filter((key) => key.startsWith(prefix));
  return new Response(
    `<ListBucketResult><Name>${bucket.slice(1)}</Name>${
      keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")
    }</ListBucketResult>`,
    { headers: { "content-type": "application/xml" } },
  );
}

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => {
    Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`));
  },
}, (request) => {
  const { pathname, searchParams } = new URL(request.url);
  const prefix = searchParams.get("prefix");
  if (prefix !== null) return list(prefix, pathname.replace(/\/$/, ""));
  switch (request.method) {
    case "PUT":
      return put(pathname, request);
    case "HEAD": {
      const body = contentOf(pathname);
      return body === null
        ? new Response(null, { status: 404 })
        : new Response(null, {
          headers: { "content-length": `${body.length}` },
        });
    }
    case "DELETE":
      kept.delete(pathname);
      lengths.delete(pathname);
      return new Response(null, { status: 204 });
    default:
      return get(pathname, request);
  }
});
