/** Tests of lib/cli/live/live_server.ts. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  LiveServer,
  MAX_LISTENERS,
} from "../../../lib/cli/live/live_server.ts";
import { StokerError } from "../../../lib/errors.ts";

const ADDRESS = { hostname: "127.0.0.1", port: 0 };

/** A server whose events are numbered. */
async function withServer(
  test: (server: LiveServer, at: (path: string) => string) => Promise<void>,
): Promise<void> {
  let count = 0;
  const server = new LiveServer(ADDRESS, {
    page: (eventsPath) => Promise.resolve(`<p data-events="${eventsPath}">`),
    event: () => JSON.stringify({ count: ++count }),
    metrics: () => "stoker_up 1\n",
  });
  const url = new URL(server.url);
  const token = url.searchParams.get("token");
  try {
    await test(server, (path) => `${url.origin}${path}?token=${token}`);
  } finally {
    await server.end();
  }
}

for (
  const [path, status, type, text] of [
    ["/", 200, "text/html; charset=utf-8", "<p data-events="],
    ["/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "stoker_up"],
    ["/healthz", 200, "text/plain;charset=UTF-8", "ok\n"],
    ["/nothing", 404, "text/plain;charset=UTF-8", ""],
    ["/../etc/passwd", 404, "text/plain;charset=UTF-8", ""],
  ] as const
) {
  Deno.test(`LiveServer answers ${path} with ${status}, and HEAD without a body`, async () => {
    await withServer(async (_server, at) => {
      const got = await fetch(at(path));
      assertEquals([got.status, got.headers.get("content-type")], [
        status,
        type,
      ]);
      assertStringIncludes(await got.text(), text);
      assertEquals(got.headers.get("cache-control"), "no-store");
      const head = await fetch(at(path), { method: "HEAD" });
      assertEquals([head.status, await head.text()], [status, ""]);
    });
  });
}

Deno.test("LiveServer tells without its token nothing but that it is there", async () => {
  await withServer(async (server, at) => {
    const { origin } = new URL(server.url);
    for (const path of ["/", "/events", "/metrics", "/nothing"]) {
      for (
        const query of [
          "",
          "?token=",
          "?token=00",
          `${"?token="}${"0".repeat(32)}`,
        ]
      ) {
        const got = await fetch(`${origin}${path}${query}`);
        assertEquals(got.status, 403, path + query);
        assertEquals(await got.text(), "The address needs its token\n");
      }
    }
    const health = await fetch(`${origin}/healthz`);
    assertEquals([health.status, await health.text()], [200, "ok\n"]);
    assertMatch(new URL(at("/")).search, /^\?token=[0-9a-f]{32}$/);
  });
});

Deno.test("LiveServer is read-only", async () => {
  await withServer(async (_server, at) => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const got = await fetch(at("/"), { method });
      assertEquals([got.status, got.headers.get("allow")], [405, "GET, HEAD"]);
      await got.text();
    }
  });
});

/** Reads events until there are so many. */
async function events(response: Response, count: number): Promise<string[]> {
  assertEquals(response.status, 200);
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (text.split("\n\n").length - 1 < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text.split("\n\n").slice(0, count);
}

Deno.test("LiveServer sends an event at once, then one a second, to everybody who listens", async () => {
  await withServer(async (_server, at) => {
    const listeners = await Promise.all(
      [1, 2, 3].map(() => fetch(at("/events"))),
    );
    const type = listeners[0]?.headers.get("content-type");
    assertEquals(type, "text/event-stream; charset=utf-8");
    const heard = await Promise.all(listeners.map((one) => events(one, 2)));
    for (const [first, second] of heard) {
      assertMatch(first ?? "", /^id: \d+\ndata: {"count":\d+}$/);
      assert(first !== second);
    }
    // Who reconnects is told at once.
    assertEquals((await events(await fetch(at("/events")), 1)).length, 1);
  });
});

Deno.test("LiveServer refuses more listeners than it can serve, and goes on for the others", async () => {
  await withServer(async (_server, at) => {
    // They never read.
    const held = await Promise.all(
      Array.from({ length: MAX_LISTENERS }, () => fetch(at("/events"))),
    );
    const refused = await fetch(at("/events"));
    assertEquals(refused.status, 503);
    await refused.text();
    assertEquals(await (await fetch(at("/healthz"))).text(), "ok\n");
    await Promise.all(held.map((one) => one.body?.cancel()));
  });
});

Deno.test("LiveServer ends with a last event, also for a client that never reads", async () => {
  let isOver = false;
  const server = new LiveServer(ADDRESS, {
    page: () => Promise.resolve(""),
    event: () => JSON.stringify({ isOver }),
    metrics: () => "",
  });
  const { origin, search } = new URL(server.url);
  const reading = await fetch(`${origin}/events${search}`);
  const silent = await fetch(`${origin}/events${search}`);
  isOver = true;
  const [text] = await Promise.all([reading.text(), server.end()]);
  assert(text.trimEnd().endsWith('data: {"isOver":true}'), text);
  await silent.body?.cancel();
});

Deno.test("LiveServer says that a port is in use", () => {
  const other = Deno.listen(ADDRESS);
  const { port } = other.addr;
  try {
    assertThrows(
      () =>
        new LiveServer({ ...ADDRESS, port }, {
          page: () => Promise.resolve(""),
          event: () => "",
          metrics: () => "",
        }),
      StokerError,
      `Cannot listen at 127.0.0.1:${port} as --live needs a port that is free`,
    );
  } finally {
    other.close();
  }
});
