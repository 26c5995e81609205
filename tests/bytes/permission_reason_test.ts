/** Tests of lib/bytes/permission_reason.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { permissionReason } from "../../lib/bytes/permission_reason.ts";

Deno.test("permissionReason() says what helps below /dev, where it does", () => {
  const sources = permissionReason("/dev/shm/x", { isExecutable: false });
  assertStringIncludes(sources, "below /dev");
  assertStringIncludes(sources, '"deno run --allow-all main.ts"');
  const executable = permissionReason("/dev/shm/x", { isExecutable: true });
  assertStringIncludes(executable, "cannot be given");
  assertStringIncludes(executable, "use another folder");
});

Deno.test("permissionReason() elsewhere is that of the start", () => {
  for (const path of ["/data/f", "/devices/x", "dev/x"]) {
    assertEquals(
      permissionReason(path, { isExecutable: true }),
      "Stoker was started without the permission for it",
    );
  }
});
