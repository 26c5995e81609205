/** Tests of lib/storage/preflight_name.ts. */
import { assertEquals } from "@std/assert";
import { isLeftover, preflightName } from "../../lib/storage/preflight_name.ts";

Deno.test("isLeftover() knows its own files by name and age", () => {
  const nowMs = Date.UTC(2026, 10, 29);
  const day = 24 * 60 * 60 * 1000;
  assertEquals(isLeftover(preflightName(nowMs - day - 1), nowMs), true);
  assertEquals(isLeftover(preflightName(nowMs - day + 1), nowMs), false);
  for (
    const name of [
      ".stoker-preflight-",
      `.stoker-preflight-${crypto.randomUUID()}`,
      "stoker-preflight-1-mine",
      "img_0_of_8.npz",
    ]
  ) {
    assertEquals(isLeftover(name, nowMs), false, name);
  }
});
