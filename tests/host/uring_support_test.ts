/** Tests of lib/host/uring_support.ts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { refusalText } from "../../lib/host/uring_support.ts";
import { HAS_URING } from "../storage/has_uring.ts";

const EPERM = 1;
const ENOMEM = 12;
const ENOSYS = 38;

/** What the kernel answers, its setting, and what must be said. */
const REFUSALS = [
  [EPERM, "2", "kernel.io_uring_disabled is 2"],
  [EPERM, "1", "kernel.io_uring_group"],
  [EPERM, "0", "seccomp filter, as of a container, refuses io_uring_setup"],
  [EPERM, null, "(EPERM)"],
  [ENOSYS, "0", "seccomp filter"],
  [ENOSYS, null, "Linux 5.4 has no io_uring"],
  [ENOMEM, "0", "RLIMIT_MEMLOCK"],
  [22, "0", "Linux 5.4: it answers so"],
  [null, "0", "Linux 5.4: it answers so"],
] as const;

for (const [errno, disabled, text] of REFUSALS) {
  Deno.test(`errno ${errno} with io_uring_disabled ${disabled} says: ${text}`, () => {
    const refusal = { errno, text: "it answers so" };
    const host = { disabled, release: "5.4" };
    assertStringIncludes(refusalText(refusal, host), text);
  });
}

Deno.test({
  name:
    "under a filter auto reads and writes without io_uring and says why, uring names the cause; without locked memory buffers are not registered",
  ignore: !HAS_URING || Deno.uid() !== 0,
  async fn() {
    const { stdout, stderr, success } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          "run",
          "-A",
          "--no-check",
          new URL("./refused_uring.ts", import.meta.url).pathname,
        ],
        stdout: "piped",
        stderr: "piped",
      },
    ).output();
    assert(success, new TextDecoder().decode(stderr));
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    const said = JSON.parse(lines.at(-1) ?? "");
    const cause = "a seccomp filter, as of a container, refuses " +
      "io_uring_setup (EPERM)";
    assertEquals(said.unregistered, {
      engine: "uring",
      depth: 64,
      depth_reason: "reader.io_depth = 64",
      registered_buffers: false,
    });
    assertEquals(said.unregisteredWrites?.engine, "uring");
    assertEquals(said.unregisteredWrites?.registered_buffers, false);
    assertStringIncludes(said.unregisteredWarnings, "RLIMIT_MEMLOCK");
    assertEquals(said.reason, cause);
    assertStringIncludes(said.uring, `must have io_uring: ${cause}`);
    assertEquals(said.auto, { engine: "sync", depth: 1 });
    assertEquals(said.autoWrites, { engine: "sync", depth: 1 });
    for (
      const what of [
        "Files are generated",
        "Checkpoints are saved",
        "Readers make",
      ]
    ) {
      assertStringIncludes(
        said.autoWarnings,
        `${what} one call after another (reader.io_engine = auto): io_uring ` +
          `is not used, as ${cause}`,
      );
    }
  },
});
