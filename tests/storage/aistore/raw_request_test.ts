/**
 * Requests on a connection of their own: every way of saying where an answer
 * ends, cut into pieces anywhere; answers that are none; an abort.
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  parseAnswer,
  sendRaw,
} from "../../../lib/storage/aistore/raw_request.ts";
import { NO_PROXIES } from "../../../lib/storage/objects/proxy.ts";
import { RequestFailure } from "../../../lib/storage/objects/request_failure.ts";

const ANSWERS: Readonly<Record<string, string>> = {
  "a length":
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name: a, b\r\n\r\nhello",
  chunks:
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-name: a, b\r\n\r\n" +
    "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
  "the end": "HTTP/1.0 200 OK\r\nx-name:a, b\r\n\r\nhello",
  "a notice before": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" +
    "content-length: 5\r\nx-name: a, b\r\n\r\nhello",
};

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

for (const [how, text] of Object.entries(ANSWERS)) {
  Deno.test(`parseAnswer() waits for all of an answer with ${how}`, async () => {
    for (let byteCount = 0; byteCount < text.length - 5; byteCount++) {
      const part = bytesOf(text.slice(0, byteCount));
      assertEquals(parseAnswer(part, false), null, `after ${byteCount} bytes`);
    }
    const answer = parseAnswer(bytesOf(text), true);
    assertEquals(answer?.status, 200);
    assertEquals(answer?.headers.get("x-name"), "a, b");
    assertEquals(await answer?.text(), "hello");
  });
}

/** A server that sends `answer`, cut into single bytes, and keeps still. */
async function withServer(
  answer: string,
  test: (url: string, received: string[]) => Promise<void>,
  ends = false,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const received: string[] = [];
  const serving = (async () => {
    const connection = await listener.accept();
    const buffer = new Uint8Array(4096);
    const byteCount = await connection.read(buffer) ?? 0;
    received.push(new TextDecoder().decode(buffer.subarray(0, byteCount)));
    for (const byte of bytesOf(answer)) {
      await connection.write(new Uint8Array([byte]));
    }
    // Until the client goes.
    if (!ends) await connection.read(buffer).catch(() => null);
    connection.close();
  })();
  try {
    await test(`http://127.0.0.1:${listener.addr.port}/a%20b?c=d`, received);
  } finally {
    listener.close();
    await serving.catch(() => {});
  }
}

function request(signal: AbortSignal, body = "") {
  return {
    method: "PUT",
    headers: { "content-length": "1000" },
    body,
    signal,
    transport: {
      tls: { caCerts: null, insecure: false },
      proxies: NO_PROXIES,
    },
    authToken: "a-token",
  };
}

Deno.test("sendRaw() takes an answer before any body was sent", async () => {
  const answer =
    "HTTP/1.1 307 X\r\nlocation: http://x/\r\ncontent-length: 0\r\n\r\n";
  await withServer(answer, async (url, received) => {
    const response = await sendRaw(url, request(new AbortController().signal));
    assertEquals(response.status, 307);
    assertEquals(response.headers.get("location"), "http://x/");
    assertStringIncludes(
      received[0] ?? "",
      "PUT /a%20b?c=d HTTP/1.1\r\nhost: 127",
    );
    assertStringIncludes(
      received[0] ?? "",
      "authorization: Bearer a-token\r\n",
    );
    assert(received[0]?.endsWith("\r\n\r\n"));
  });
});

for (
  const [text, message] of [
    ["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel", "ends too early"],
    [
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      "no length",
    ],
    ["SSH-2.0-OpenSSH\r\n\r\n", "no HTTP"],
    ["", "ends too early"],
  ] as const
) {
  Deno.test(`sendRaw() refuses an answer that ${message}: ${text.slice(0, 8)}`, () =>
    withServer(text, async (url) => {
      const error = await assertRejects(
        () => sendRaw(url, request(new AbortController().signal)),
        RequestFailure,
      );
      assertStringIncludes(error.message, message);
      assert(error.isTransient);
    }, true));
}

Deno.test("sendRaw() ends when it is aborted while it waits", async () => {
  await withServer("HTTP/1.1 200 OK\r\n", async (url, received) => {
    const controller = new AbortController();
    const sending = sendRaw(url, request(controller.signal, "{}"));
    while (received.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const reason = new RequestFailure({ status: 0, code: "Late", message: "" });
    controller.abort(reason);
    assertEquals(await assertRejects(() => sending), reason);
  });
});

Deno.test("sendRaw() says that nothing listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () =>
      sendRaw(
        `http://127.0.0.1:${port}/`,
        request(new AbortController().signal),
      ),
    RequestFailure,
  );
  assertEquals(error.code, "ConnectionRefused");
});
