/**
 * What the limit of real runs is. They have a process of their own: tests that
 * run beside each other share one, and what its threads did would be taken for
 * what those of the run did.
 */
import { assert } from "@std/assert";

Deno.test("real runs in front of a known bottleneck name it as their limit", async () => {
  const runs = new URL("./limit_runs.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--allow-all", runs],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assert(success && /[1-9] passed \| 0 failed/.test(said), said);
});
