/** Tests of lib/cli/context.ts. */
import { assertEquals } from "@std/assert";
import { processContext } from "../../lib/cli/context.ts";
import { PROXY_NAMES } from "../../lib/config/proxy_names.ts";

Deno.test("processContext() takes proxies away from Deno's own fetch", () => {
  const before = PROXY_NAMES.map((name) => Deno.env.get(name));
  try {
    for (const name of PROXY_NAMES) Deno.env.set(name, `http://${name}:1`);
    const { env } = processContext();
    for (const name of PROXY_NAMES) {
      assertEquals(env(name), `http://${name}:1`);
      assertEquals(Deno.env.get(name), undefined);
    }
  } finally {
    for (const [index, name] of PROXY_NAMES.entries()) {
      const value = before[index];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
