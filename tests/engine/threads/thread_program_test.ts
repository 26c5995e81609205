import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  datasetParts,
  startThread,
} from "../../../lib/engine/threads/thread_program.ts";

/** A thread that tells what it finds of the modules that it is asked for. */
const ENTRY = `data:text/javascript,${
  encodeURIComponent(`
import { lazyImport } from ${
    JSON.stringify(import.meta.resolve("../../../lib/lazy_import.ts"))
  };
self.onmessage = async ({ data }) => {
  const said = [];
  for (const url of data) {
    try {
      said.push(Object.keys(await lazyImport(url)).join());
    } catch (error) {
      said.push(error.message);
    }
  }
  self.postMessage(said);
};`)
}`;

Deno.test("a thread finds the modules that it is started with, and loads no other", async () => {
  const parts = datasetParts({
    storage: { kind: "null", root: "", options: {} },
    format: "npz",
  });
  const other = import.meta.resolve("../../../lib/formats/csv.ts");
  const thread = startThread({ entry: ENTRY, parts });
  const { promise, resolve } = Promise.withResolvers<string[]>();
  thread.onmessage = ({ data }) => resolve(data);
  thread.postMessage([...parts, other]);
  const [kind, format, refused] = await promise;
  thread.terminate();
  assertEquals([kind, format], ["nullKind", "npz"]);
  assertStringIncludes(refused ?? "", "started without");
});

Deno.test("a format of the user's own is the module that a thread is started with", () => {
  const formatModule = "file:///home/me/mine.ts";
  const parts = datasetParts({
    storage: { kind: "null", root: "", options: {} },
    format: "mine",
    formatModule,
  });
  assert(parts.includes(formatModule), parts.join());
});

Deno.test("no message is lost that is sent while a thread begins", async () => {
  const text = "onmessage = ({ data }) => postMessage(data + 1);";
  const entry = `data:text/javascript,${encodeURIComponent(text)}`;
  for (let round = 0; round < 10; round++) {
    const answers = Array.from({ length: 4 }, async (_, number) => {
      const thread = startThread({ entry, parts: [] });
      const { promise, resolve } = Promise.withResolvers<number>();
      thread.onmessage = ({ data }) => resolve(data);
      thread.postMessage(number);
      const answer = await promise;
      thread.terminate();
      return answer;
    });
    assertEquals(await Promise.all(answers), [1, 2, 3, 4]);
  }
});
