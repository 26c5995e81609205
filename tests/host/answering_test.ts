/** Tests of lib/host/answering.ts, on storage that really does not answer. */
import { assertEquals } from "@std/assert";
import { answersWithin } from "../../lib/host/answering.ts";
import { canBeSilenced, silence } from "../storage/silent_folder.ts";

Deno.test("answersWithin() takes a refusal for an answer", async () => {
  for (const path of ["/", "/nonexistent/folder", "/proc/self/stat/no"]) {
    assertEquals(await answersWithin(path, 60_000), true, path);
    assertEquals(await answersWithin(path, Infinity), true, path);
  }
});

Deno.test({
  name: "answersWithin() leaves the main thread free while storage is silent",
  ignore: !canBeSilenced(),
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = Deno.makeTempDirSync({ prefix: "stoker-silent-" });
    const silent = silence(folder);
    try {
      assertEquals(await answersWithin(`${folder}/a`, 50), false);
      assertEquals(await answersWithin("/", 60_000), true);
    } finally {
      silent.release();
      Deno.removeSync(folder);
    }
  },
});
