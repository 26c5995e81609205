/** Tests of lib/host/answering.ts, on storage that really does not answer. */
import { assertEquals } from "@std/assert";
import { awaitAnswer } from "../../lib/host/answering.ts";
import { canBeSilenced, silence } from "../storage/silent_folder.ts";

Deno.test("awaitAnswer() takes a refusal for an answer", async () => {
  for (const path of ["/", "/nonexistent/folder", "/proc/self/stat/no"]) {
    await awaitAnswer(path);
  }
});

Deno.test({
  name: "awaitAnswer() leaves the main thread free while storage is silent",
  ignore: !canBeSilenced(),
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = Deno.makeTempDirSync({ prefix: "stoker-silent-" });
    const silent = silence(folder);
    try {
      const late = new Promise((resolve) => setTimeout(resolve, 50, "late"));
      const answered = awaitAnswer(`${folder}/a`).then(() => "answered");
      assertEquals(await Promise.race([answered, late]), "late");
      await awaitAnswer("/");
    } finally {
      silent.release();
      Deno.removeSync(folder);
    }
  },
});
