/**
 * Bodies on their way in and out: through one server of this process.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { drainBody } from "../../../lib/storage/objects/body_drain.ts";
import { uploadBody } from "../../../lib/storage/objects/upload_body.ts";
import { contentOf } from "../storage_contract.ts";

const MIB = 2 ** 20;
const NEVER = new AbortController().signal;

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  use: (url: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    handler,
  );
  await use(`http://127.0.0.1:${server.addr.port}/`);
}

Deno.test("drainBody() gives every byte in order, body after body", async () => {
  const content = contentOf(3 * MIB + 5);
  await withServer(() => new Response(content as BodyInit), async (url) => {
    for (let round = 0; round < 3; round++) {
      const { body } = await fetch(url);
      assert(body !== null);
      const got = new Uint8Array(content.length);
      let position = 0;
      await drainBody(body, (chunk) => {
        got.set(chunk, position);
        position += chunk.length;
      }, NEVER);
      assertEquals(position, content.length);
      assertEquals(got, content);
    }
  });
});

Deno.test("drainBody() fails with what the sink throws", async () => {
  await withServer(
    () => new Response(contentOf(MIB) as BodyInit),
    async (url) => {
      const { body } = await fetch(url);
      assert(body !== null);
      const refuse = () => {
        throw new RangeError("too long");
      };
      await assertRejects(
        () => drainBody(body, refuse, NEVER),
        RangeError,
        "too long",
      );
    },
  );
});

Deno.test("uploadBody() is sent with its length, byte for byte", async () => {
  const content = contentOf(2 * MIB + 7).subarray(3);
  const handler = async (request: Request) =>
    Response.json({
      length: request.headers.get("content-length"),
      isSame: (await request.bytes()).every((byte, i) => byte === content[i]),
    });
  await withServer(handler, async (url) => {
    for (const byteCount of [0, 1, MIB / 2, MIB / 2 + 1, content.length]) {
      const body = uploadBody(content.subarray(0, byteCount));
      const response = await fetch(url, { method: "PUT", body });
      const length = `${byteCount}`;
      assertEquals(await response.json(), { length, isSame: true });
    }
  });
});

Deno.test("uploadBody() copies no large body", async () => {
  const content = new Uint8Array(3 * MIB);
  const body = uploadBody(content);
  assert(body instanceof Blob);
  let position = 0;
  for await (const chunk of body.stream()) {
    assert(chunk.buffer === content.buffer);
    assertEquals(chunk.byteOffset, position);
    position += chunk.length;
  }
  assertEquals(position, content.length);
});
