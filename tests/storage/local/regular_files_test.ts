/**
 * Only regular files, or links to such, are anybody's data: what else has a
 * file's name is neither looked up nor written over.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { STORAGE_KINDS } from "../../../lib/storage/kinds.ts";
import type { Storage } from "../../../lib/storage/storage.ts";

/** Makes what is no regular file at a path. */
interface Odd {
  readonly what: string;
  readonly make: (path: string) => void | Disposable;
}

const ODD: readonly Odd[] = [
  {
    what: "a character device",
    make: (path) => Deno.symlinkSync("/dev/null", path),
  },
  {
    what: "a named pipe",
    make: (path) => {
      new Deno.Command("mkfifo", { args: [path] }).outputSync();
    },
  },
  {
    what: "a named pipe",
    make: (path) => {
      new Deno.Command("mkfifo", { args: [`${path}.pipe`] }).outputSync();
      Deno.symlinkSync(`${path}.pipe`, path);
    },
  },
  {
    what: "a socket",
    make: (path) => Deno.listen({ transport: "unix", path }),
  },
];

const OPTIONS = { expectedBytes: 3, atomic: false, fsync: false };

async function storageIn(kind: string, root: string): Promise<Storage> {
  return await STORAGE_KINDS[kind]?.connect({
    kind,
    root,
    options: {},
  }) as Storage;
}

for (const kind of ["local_fs", "direct_fs"]) {
  Deno.test(`${kind}: what is no regular file is neither looked up nor written over`, async () => {
    for (const { what, make } of ODD) {
      const root = await Deno.makeTempDir({ prefix: "stoker-odd-" });
      try {
        using _made = make(`${root}/f`) ?? null;
        const storage = await storageIn(kind, root);
        const before = Deno.lstatSync(`${root}/f`);
        const acts = [
          ["stat", () => storage.sizeOf("f")],
          ["create", () => storage.create("f", OPTIONS)],
        ] as const;
        for (const [operation, act] of acts) {
          const error = assertThrows(act, StorageError);
          assertEquals(
            error.message,
            `Cannot ${operation} "${root}/f": it must be a regular file: ` +
              `it is ${what} (EINVAL)`,
          );
        }
        const after = Deno.lstatSync(`${root}/f`);
        assertEquals([after.ino, after.mode], [before.ino, before.mode]);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    }
  });

  Deno.test(`${kind}: a link to nowhere is missing and not written through`, async () => {
    const root = await Deno.makeTempDir({ prefix: "stoker-odd-" });
    try {
      await Deno.symlink(`${root}/elsewhere`, `${root}/f`);
      const storage = await storageIn(kind, root);
      assertEquals(await storage.sizeOf("f"), null);
      assertThrows(
        () => storage.create("f", OPTIONS),
        StorageError,
        "it is a link to a file that is not there",
      );
      assertThrows(
        () => Deno.statSync(`${root}/elsewhere`),
        Deno.errors.NotFound,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });

  Deno.test(`${kind}: a file that is there, or a link to one, is written anew`, async () => {
    const root = await Deno.makeTempDir({ prefix: "stoker-odd-" });
    try {
      await Deno.writeTextFile(`${root}/f`, "a longer text");
      await Deno.symlink("f", `${root}/link`);
      const storage = await storageIn(kind, root);
      for (const name of ["f", "link"]) {
        const writer = await storage.create(name, OPTIONS);
        await writer.write(new Uint8Array([65, 66, 67]));
        await writer.commit();
        assertEquals(await Deno.readTextFile(`${root}/f`), "ABC");
        assert(Deno.lstatSync(`${root}/link`).isSymlink);
      }
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
