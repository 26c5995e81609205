/**
 * GETs over connections of Stoker's own, against a server that says exactly
 * what a test wants, in one piece and byte by byte.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  KeptConnections,
  requestHead,
} from "../../../lib/storage/objects/kept_connections.ts";
import { RequestFailure } from "../../../lib/storage/objects/request_failure.ts";

const encoder = new TextEncoder();
const OK = "HTTP/1.1 200 OK\r\n";
const NEVER = new AbortController().signal;

/** What a server does with each connection: answers, then closes it or not. */
interface Script {
  /** Answers, one for each request of a connection. */
  readonly answers: readonly string[];
  /** Bytes of an answer that are sent at once. @default {All} */
  readonly pieceBytes?: number;
  /** Closes connections when they are idle, without a word. */
  readonly closesIdle?: boolean;
}

/** Serves until it is disposed of; all connections follow the same script. */
function serve({ answers, pieceBytes, closesIdle }: Script) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  let connectionCount = 0;
  const open = new Set<Deno.Conn>();
  const serveOne = async (connection: Deno.Conn) => {
    const buffer = new Uint8Array(4096);
    for (const answer of answers) {
      const byteCount = await connection.read(buffer);
      if (byteCount === null) break;
      requests.push(new TextDecoder().decode(buffer.subarray(0, byteCount)));
      const bytes = encoder.encode(answer);
      const piece = pieceBytes ?? bytes.length;
      for (let at = 0; at < bytes.length; at += piece) {
        await connection.write(bytes.subarray(at, at + piece));
        if (piece < bytes.length) await new Promise((r) => setTimeout(r, 0));
      }
      if (closesIdle === true) break;
    }
    open.delete(connection);
    connection.close();
  };
  const serving = (async () => {
    const all: Promise<void>[] = [];
    for await (const connection of listener) {
      connectionCount++;
      open.add(connection);
      all.push(serveOne(connection).catch(() => {}));
    }
    await Promise.all(all);
  })();
  const connections = new KeptConnections(`127.0.0.1:${listener.addr.port}`);
  return {
    requests,
    connectionCount: () => connectionCount,
    /** Gets an object as text. */
    async get(signal: AbortSignal = NEVER): Promise<string> {
      const chunks: number[] = [];
      await connections.get(
        requestHead("GET", "/bucket/f", [["host", "h"]]),
        {
          range: null,
          signal,
          onHeaders: () => {},
          sink: (chunk) => void chunks.push(...chunk),
        },
        failureOf,
      );
      return new TextDecoder().decode(new Uint8Array(chunks));
    },
    head: () =>
      connections.head(
        requestHead("HEAD", "/bucket/f", [["host", "h"]]),
        { signal: NEVER },
        failureOf,
      ),
    async [Symbol.asyncDispose]() {
      connections.close();
      listener.close();
      for (const connection of open) connection.close();
      await serving;
    },
  };
}

function failureOf(status: number, text: string, headers: Headers) {
  return new RequestFailure({
    status,
    code: text,
    message: headers.get("x-why") ?? "",
  });
}

/** Answers, the body in each, and whether another request may follow. */
const GOOD: readonly [what: string, answer: string, isKept: boolean][] = [
  ["a length", `${OK}Content-Length: 5\r\n\r\nhello`, true],
  [
    "chunks, with extensions and fields behind them",
    `${OK}transfer-encoding: Chunked\r\n\r\n` +
    "2;a=b\r\nhe\r\n03\r\nllo\r\n0\r\nx: y\r\n\r\n",
    true,
  ],
  ["the end of the connection", `${OK}etag: "a"\r\n\r\nhello`, false],
  [
    "news in front of the answer",
    `HTTP/1.1 103 Early\r\nlink: x\r\n\r\n${OK}content-length: 5\r\n\r\nhello`,
    true,
  ],
  [
    "a connection that is to be closed",
    `${OK}content-length: 5\r\nConnection: x, Close\r\n\r\nhello`,
    false,
  ],
  [
    "HTTP/1.0",
    "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    false,
  ],
  [
    "bytes that nobody asked for",
    `${OK}content-length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n`,
    false,
  ],
];

for (const [what, answer, isKept] of GOOD) {
  Deno.test(`a body ends by its rule, and the connection goes on or not: ${what}`, async () => {
    for (const pieceBytes of [1, 7, Infinity]) {
      const answers = [answer, answer];
      const closes = answer.includes("etag");
      await using server = serve({ answers, pieceBytes, closesIdle: closes });
      assertEquals(await server.get(), "hello");
      // In pieces, what nobody asked for may come later.
      if (what.startsWith("bytes") && pieceBytes !== Infinity) continue;
      assertEquals(await server.get(), "hello");
      assertEquals(server.connectionCount(), isKept ? 1 : 2);
    }
  });
}

/** Answers that are none, and a word of what is said of them. */
const BAD: readonly [what: string, answer: string, says: string][] = [
  ["no HTTP", "SSH-2.0-x\r\n\r\n", "is no HTTP"],
  [
    "two lengths",
    `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`,
    "two headers content-length",
  ],
  [
    "a length that is none",
    `${OK}content-length: 5x\r\n\r\nhello`,
    'Content-Length "5x"',
  ],
  [
    "an encoding it cannot read",
    `${OK}transfer-encoding: gzip\r\n\r\n`,
    'Transfer-Encoding "gzip"',
  ],
  [
    "a chunk of no length",
    `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`,
    "a chunk of no length",
  ],
  [
    "a chunk that goes on",
    `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n`,
    "does not end where it says",
  ],
  ["a header without a name", `${OK}: x\r\n\r\n`, "without a name"],
  ["a line that goes on", `${OK}a: b\r\n c\r\n\r\n`, "without a name"],
  [
    "a head without an end",
    `${OK}a: ${"x".repeat(70_000)}`,
    "a head of over 65536 bytes",
  ],
  [
    "a short body",
    `${OK}content-length: 9\r\n\r\nhello`,
    "before the response was whole",
  ],
  [
    "a short chunk",
    `${OK}transfer-encoding: chunked\r\n\r\n9\r\nhello`,
    "before the response was whole",
  ],
  ["nothing", "", "before the response was whole"],
];

for (const [what, answer, says] of BAD) {
  Deno.test(`a response that breaks the rules is refused: ${what}`, async () => {
    await using server = serve({ answers: [answer], closesIdle: true });
    const failure = await assertRejects(() => server.get(), RequestFailure);
    assertStringIncludes(failure.message, says);
    assertEquals([failure.status, failure.isTransient], [0, true]);
  });
}

Deno.test("an error is told with its text and headers, and its connection goes on", async () => {
  const busy =
    "HTTP/1.1 503 Slow\r\nX-Why: load\r\ncontent-length: 4\r\n\r\nBusy";
  await using server = serve({
    answers: [busy, `${OK}content-length: 5\r\n\r\nhello`],
  });
  const failure = await assertRejects(() => server.get(), RequestFailure);
  assertEquals(
    [failure.status, failure.code, failure.message],
    [503, "Busy", "load"],
  );
  assertEquals(await server.get(), "hello");
  assertEquals(server.connectionCount(), 1);
});

Deno.test("HEAD has no body, whatever length it tells", async () => {
  const answer = `${OK}content-length: 99\r\nETag: "e"\r\n\r\n`;
  await using server = serve({ answers: [answer, answer] });
  for (let i = 0; i < 2; i++) {
    const { status, byteCount, etag } = await server.head();
    assertEquals([status, byteCount, etag], [200, 99, '"e"']);
  }
  assertEquals(server.connectionCount(), 1);
  assertEquals(server.requests[0]?.split("\r\n")[0], "HEAD /bucket/f HTTP/1.1");
});

Deno.test("a kept connection that the server has closed is replaced, without a failure", async () => {
  const answer = `${OK}content-length: 5\r\n\r\nhello`;
  await using server = serve({ answers: [answer], closesIdle: true });
  for (let i = 0; i < 4; i++) assertEquals(await server.get(), "hello");
  assertEquals([server.connectionCount(), server.requests.length], [4, 4]);
});

Deno.test("an abort ends a wait for an answer with its reason", async () => {
  // It waits for another request.
  const answers = [`${OK}content-length: 9\r\n\r\nhel`, ""];
  await using server = serve({ answers });
  const stop = new AbortController();
  const reason = new RequestFailure({
    status: 0,
    code: "Stopped",
    message: "",
  });
  const getting = server.get(stop.signal);
  setTimeout(() => stop.abort(reason), 20);
  assertEquals(await getting.catch((error) => error), reason);
});

Deno.test("no header can add another one", async () => {
  const failure = await assertRejects(
    () =>
      Promise.resolve().then(() =>
        requestHead("GET", "/", [["x-token", "a\r\nb: c"]])
      ),
    RequestFailure,
  );
  assertStringIncludes(failure.message, "the header x-token");
  assertEquals(failure.isTransient, false);
});
