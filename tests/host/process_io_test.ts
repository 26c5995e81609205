/** Tests of lib/host/process_io.ts. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { parseProcessIo, readProcessIo } from "../../lib/host/process_io.ts";

const TEXT = `rchar: 3980
wchar: 12
syscr: 9
syscw: 0
read_bytes: 4096
write_bytes: 8192
cancelled_write_bytes: 0
`;

Deno.test("parseProcessIo() names requested and device bytes", () => {
  assertEquals(parseProcessIo(TEXT), {
    value: {
      requestedReadBytes: 3980,
      requestedWriteBytes: 12,
      deviceReadBytes: 4096,
      deviceWriteBytes: 8192,
    },
    reason: null,
  });
});

Deno.test("parseProcessIo() says which counter is missing", () => {
  assertEquals(parseProcessIo(TEXT.replace("read_bytes", "red")), {
    value: null,
    reason: "/proc/self/io has no read_bytes",
  });
});

Deno.test("readProcessIo() counts what this process reads", () => {
  const before = readProcessIo();
  Deno.readFileSync(new URL(import.meta.url));
  const after = readProcessIo();
  assert(before.value !== null && after.value !== null, before.reason ?? "");
  assertGreater(
    after.value.requestedReadBytes,
    before.value.requestedReadBytes,
  );
});
