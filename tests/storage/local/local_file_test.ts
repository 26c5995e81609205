/**
 * Files that are read at any place without FFI; with it they are tested as
 * all storage is, by `local_test.ts`.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { openLibc } from "../../../lib/libc/libc.ts";
import { openLocalFile } from "../../../lib/storage/local/local_file.ts";
import { contentOf } from "../storage_contract.ts";

const WITHOUT_FFI: Deno.PermissionOptions = {
  read: true,
  write: true,
  ffi: false,
};

Deno.test({
  name: "a file is read at any place, in any order, where FFI is not permitted",
  permissions: WITHOUT_FFI,
  fn() {
    assertEquals(openLibc().value, null);
    const content = contentOf(10_000);
    const path = Deno.makeTempFileSync();
    try {
      Deno.writeFileSync(path, content);
      const file = openLocalFile(path);
      assertEquals(file.byteLength, content.length);
      for (const [offset, count] of [[9_000, 10], [0, 4096], [4096, 100]]) {
        const view = new Uint8Array(count!);
        assertEquals(file.readInto(view, offset!), count);
        assertEquals(view, content.slice(offset, offset! + count!));
      }
      const view = new Uint8Array(100);
      assertEquals(file.readInto(view, 9_990), 10);
      assertEquals(file.readInto(view, 20_000), 0);
      file.close();
    } finally {
      Deno.removeSync(path);
    }
  },
});

Deno.test({
  name: "what cannot be opened is said by the system's name without FFI too",
  permissions: WITHOUT_FFI,
  fn() {
    const codeOf = (path: string) =>
      assertThrows(() => openLocalFile(path), StorageError).code;
    assertEquals(codeOf("/no/such/file"), "ENOENT");
    assertEquals(codeOf("/tmp"), "EISDIR");
  },
});
