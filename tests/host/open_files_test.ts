/** Tests of lib/host/open_files.ts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  openFilesNeeded,
  openFilesProblem,
  parseOpenFileLimit,
  readOpenFileLimit,
} from "../../lib/host/open_files.ts";

const LIMITS =
  `Limit                     Soft Limit           Hard Limit           Units     
Max processes             7823                 7823                 processes 
Max open files            1024                 524288               files     
Max locked memory         67108864             67108864             bytes     
`;

Deno.test("parseOpenFileLimit() takes the soft limit", () => {
  assertEquals(parseOpenFileLimit(LIMITS), { value: 1024, reason: null });
  assertEquals(
    parseOpenFileLimit(LIMITS.replace("1024  ", "unlimited")).value,
    Infinity,
  );
  assertEquals(parseOpenFileLimit("").value, null);
});

Deno.test("openFilesProblem() says what is needed, what is allowed and what helps", () => {
  const needed = openFilesNeeded(16);
  assertEquals(openFilesProblem(16, { value: needed, reason: null }), null);
  assertEquals(openFilesProblem(1e6, { value: Infinity, reason: null }), null);
  assertEquals(
    openFilesProblem(1e6, { value: null, reason: "no /proc" }),
    null,
  );
  const problem = openFilesProblem(16, { value: 64, reason: null }) ?? "";
  assertStringIncludes(problem, "Cannot start 16 threads");
  assertStringIncludes(problem, `open ${needed} files: the limit is 64`);
  assertStringIncludes(problem, `ulimit -n ${needed}`);
});

Deno.test({
  name: "readOpenFileLimit() reads this process's limit",
  ignore: Deno.build.os !== "linux",
  fn() {
    const { value } = readOpenFileLimit();
    assert(value !== null && value > 0);
  },
});

Deno.test({
  name: "each command says before its threads start that files are too few",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "stoker-fds-" });
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const settings = "reader.read_threads=16 reader.write_threads=16 " +
      "dataset.num_files_train=32 dataset.num_files_eval=0 " +
      "workflow.evaluation=false dataset.record_length_bytes=1000";
    const stoker = `"${Deno.execPath()}" run --no-prompt -A "${main}"`;
    const generate = `${stoker} generate quick --data data ${settings}`;
    // Made with files enough, for those that only read.
    const run = (line: string) =>
      new Deno.Command("sh", {
        args: ["-c", line],
        cwd: folder,
        stdout: "piped",
        stderr: "piped",
      }).output();
    try {
      assertEquals((await run(generate)).code, 0);
      for (
        const command of [
          `${stoker} verify quick --data data ${settings}`,
          `${stoker} run quick --data data -n 1 ${settings} ` +
          "workflow.generate_data=false",
          `${stoker} run quick -n 16 checkpoint.threads=16 ` +
          "workflow.generate_data=false workflow.train=false " +
          "workflow.evaluation=false workflow.checkpoint=true " +
          "checkpoint.num_checkpoints_write=1",
          `${generate} --force`,
        ]
      ) {
        const { code, stderr } = await run(`ulimit -n 100; ${command}`);
        const text = new TextDecoder().decode(stderr);
        assertStringIncludes(text, "as the process must be allowed to open");
        assertEquals(text.includes("panicked"), false, text);
        assertEquals(code, 1, text);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
