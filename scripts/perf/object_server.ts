/**
 * An object store that costs next to nothing, so that a client can be
 * measured: no signatures, no disk, no copies. It remembers the length of a
 * large object and answers with zeros, and keeps small ones whole.
 *
 *    deno run --allow-net scripts/perf/object_server.ts     prints its port
 */

/** Objects up to this length are kept. */
const KEPT_BYTES = 64 * 1024;
const ETAG = '"0"';

const kept = new Map<string, Uint8Array<ArrayBuffer>>();
const lengths = new Map<string, number>();
/** Bytes of each upload of parts so far. */
const uploads = new Map<string, number>();
/** As many zeros as the longest answer took. */
let zeros = new Uint8Array(0);

function contentOf(path: string): Uint8Array<ArrayBuffer> | null {
  const small = kept.get(path);
  if (small !== undefined) return small;
  const byteCount = lengths.get(path);
  return byteCount === undefined ? null : zerosOf(byteCount);
}

function zerosOf(byteCount: number): Uint8Array<ArrayBuffer> {
  if (zeros.length < byteCount) zeros = new Uint8Array(byteCount);
  return zeros.subarray(0, byteCount);
}

async function put(path: string, request: Request): Promise<Response> {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length <= KEPT_BYTES) {
    kept.set(path, new Uint8Array(await request.arrayBuffer()));
  } else {
    const byteCount = await drain(request);
    kept.delete(path);
    lengths.set(path, byteCount);
  }
  return new Response(null, { headers: { etag: ETAG } });
}

async function drain({ body }: Request): Promise<number> {
  let byteCount = 0;
  for await (const chunk of body ?? []) byteCount += chunk.length;
  return byteCount;
}

async function putPart(id: string, request: Request): Promise<Response> {
  const byteCount = await drain(request);
  uploads.set(id, (uploads.get(id) ?? 0) + byteCount);
  return new Response(null, { headers: { etag: ETAG } });
}

function beginUpload(): Response {
  const id = `upload-${uploads.size}`;
  uploads.set(id, 0);
  return xml(
    "InitiateMultipartUploadResult",
    `<UploadId>${id}</UploadId>`,
  );
}

async function completeUpload(
  path: string,
  id: string,
  request: Request,
): Promise<Response> {
  await drain(request);
  kept.delete(path);
  lengths.set(path, uploads.get(id) ?? 0);
  return xml(
    "CompleteMultipartUploadResult",
    `<Location>${path}</Location><Bucket>perf</Bucket><Key>${path}</Key>` +
      `<ETag>${ETAG}</ETag>`,
  );
}

function get(path: string, request: Request): Response {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.get("range") ?? "");
  if (range === null) {
    const body = contentOf(path);
    return body === null ? missing() : answer(body, body.length);
  }
  const length = kept.get(path)?.length ?? lengths.get(path);
  if (length === undefined) return missing();
  const offset = Number(range[1]);
  const end = Math.min(Number(range[2]) + 1, length);
  const body = kept.get(path)?.subarray(offset, end) ?? zerosOf(end - offset);
  return answer(body, body.length, {
    status: 206,
    headers: { "content-range": `bytes ${offset}-${end - 1}/${length}` },
  });
}

function head(path: string): Response {
  const length = kept.get(path)?.length ?? lengths.get(path);
  return length === undefined ? missing() : answer(null, length);
}

function missing(): Response {
  return new Response(null, { status: 404 });
}

/** With what Amazon's own client libraries want to see. */
function answer(
  body: Uint8Array<ArrayBuffer> | null,
  byteCount: number,
  { status = 200, headers = {} }: {
    status?: number;
    headers?: Record<string, string>;
  } = {},
): Response {
  return new Response(body, {
    status,
    headers: {
      etag: ETAG,
      "content-length": `${byteCount}`,
      "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      ...headers,
    },
  });
}

function list(prefix: string, bucket: string): Response {
  const sizes = [
    ...[...kept].map(([path, { length }]) => [path, length] as const),
    ...lengths,
  ];
  const contents = sizes
    .map(([path, size]) => ({ key: path.slice(bucket.length + 1), size }))
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key, size }) =>
      `<Contents><Key>${key}</Key><Size>${size}</Size><ETag>${ETAG}</ETag>` +
      "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
    );
  const name = `<Name>${bucket.slice(1)}</Name>`;
  const rest = "<IsTruncated>false</IsTruncated>";
  return xml("ListBucketResult", name + rest + contents.join(""));
}

function xml(tag: string, content: string): Response {
  return new Response(`<${tag}>${content}</${tag}>`, {
    headers: { "content-type": "application/xml" },
  });
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
  const uploadId = searchParams.get("uploadId");
  switch (request.method) {
    case "PUT":
      return uploadId === null
        ? put(pathname, request)
        : putPart(uploadId, request);
    case "POST":
      return uploadId === null
        ? beginUpload()
        : completeUpload(pathname, uploadId, request);
    case "HEAD":
      return head(pathname);
    case "DELETE":
      kept.delete(pathname);
      lengths.delete(pathname);
      return new Response(null, { status: 204 });
    default:
      return get(pathname, request);
  }
});
