/** Tests of lib/cli/live/live_address.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  isLiveAddress,
  parseLiveAddress,
} from "../../../lib/cli/live/live_address.ts";
import { parseFlags } from "../../../lib/cli/line/parse_flags.ts";
import { UsageError } from "../../../lib/errors.ts";

for (
  const [text, hostname, port] of [
    ["", "127.0.0.1", 0],
    ["9000", "127.0.0.1", 9000],
    ["0.0.0.0:9000", "0.0.0.0", 9000],
    ["[::1]:9000", "::1", 9000],
    ["node-1.example:65535", "node-1.example", 65535],
  ] as const
) {
  Deno.test(`parseLiveAddress() reads "${text}"`, () => {
    assertEquals(parseLiveAddress(text), { hostname, port });
  });
}

for (const text of ["65536", "here", "a:b", ":1", "1:2:3", "-1", "1.5"]) {
  Deno.test(`parseLiveAddress() refuses "${text}"`, () => {
    assertThrows(
      () => parseLiveAddress(text),
      UsageError,
      `Cannot use --live ${text}: it must be a port up to 65535`,
    );
  });
}

Deno.test("isLiveAddress() takes no workload for an address", () => {
  for (const word of ["unet3d_h100", "my.yaml", "train.epochs=2", "run"]) {
    assertEquals(isLiveAddress(word), false, word);
  }
});

for (
  const [args, live, words] of [
    [["run", "--live"], "", ["run"]],
    [["run", "--live", "unet3d"], "", ["run", "unet3d"]],
    [["run", "--live", "9000", "unet3d"], "9000", ["run", "unet3d"]],
    [["run", "--live=0.0.0.0:9000"], "0.0.0.0:9000", ["run"]],
    [["run", "--live", "--json"], "", ["run"]],
    [["run", "--", "--live", "9000"], null, ["run", "--live", "9000"]],
    [["run"], null, ["run"]],
  ] as const
) {
  Deno.test(`parseFlags() finds the address of ${args.join(" ")}`, () => {
    const parsed = parseFlags(args);
    assertEquals([parsed.flags.live, parsed.words], [live, [...words]]);
    assertEquals(parsed.given.includes("live"), live !== null);
  });
}
