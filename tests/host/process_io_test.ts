/** Tests of lib/host/process_io.ts. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
} from "@std/assert";
import {
  parseProcessIo,
  type ProcessIo,
  readProcessIo,
  readThreadIo,
} from "../../lib/host/process_io.ts";

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

Deno.test("readThreadIo() counts this thread's calls and no other's", async () => {
  const byteCount = 300_000;
  const path = Deno.makeTempFileSync();
  const code = `self.onmessage = ({ data: [path, byteCount] }) => {
    Deno.writeFileSync(path, new Uint8Array(byteCount));
    self.postMessage("done");
  };`;
  const url = URL.createObjectURL(new Blob([code]));
  const other = new Worker(url, { type: "module" });
  try {
    const before = readThreadIo();
    const { promise, resolve } = Promise.withResolvers<void>();
    other.onmessage = () => resolve();
    other.postMessage([path, byteCount]);
    await promise;
    const between = readThreadIo();
    Deno.writeFileSync(path, new Uint8Array(byteCount));
    const after = readThreadIo();
    assert(before.value !== null, before.reason ?? "");
    assert(between.value !== null && after.value !== null);
    const written = (io: ProcessIo) => io.requestedWriteBytes;
    assertLess(written(between.value) - written(before.value), byteCount);
    assertGreaterOrEqual(
      written(after.value) - written(between.value),
      byteCount,
    );
  } finally {
    other.terminate();
    URL.revokeObjectURL(url);
    Deno.removeSync(path);
  }
});
