/** Tests of lib/bytes/small_file.ts. */
import { assertEquals, assertRejects } from "@std/assert";
import { readSmallText } from "../../lib/bytes/small_file.ts";
import { StorageError } from "../../lib/errors.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir({ prefix: "stoker-small-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What stands at a path → the end of the error; each once as a link too. */
const ODD: readonly (readonly [string, (path: string) => void, string])[] = [
  [
    "a device that never ends",
    (path) => Deno.symlinkSync("/dev/zero", path),
    "it must be a regular file: it is a character device (EINVAL)",
  ],
  [
    "a pipe that nobody writes to",
    (path) => {
      new Deno.Command("mkfifo", { args: [path] }).outputSync();
    },
    "it must be a regular file: it is a named pipe (EINVAL)",
  ],
  [
    "a folder",
    (path) => Deno.mkdirSync(path),
    "it must be a regular file: it is a folder (EINVAL)",
  ],
  [
    "a file that is too large",
    (path) => {
      Deno.writeTextFileSync(path, "");
      Deno.truncateSync(path, 2 ** 40);
    },
    "it must have at most 1.00 KiB: it has more (EFBIG)",
  ],
  [
    "a file one byte too large",
    (path) => Deno.writeFileSync(path, new Uint8Array(1025)),
    "it must have at most 1.00 KiB: it has more (EFBIG)",
  ],
];

Deno.test("readSmallText() refuses what is no small regular file", () =>
  inFolder(async (folder) => {
    for (const [what, make, end] of ODD) {
      const path = `${folder}/${what}`;
      make(path);
      Deno.symlinkSync(path, `${path} linked`);
      for (const one of [path, `${path} linked`]) {
        const error = await assertRejects(
          () => readSmallText(one, { maxBytes: 1024 }),
          StorageError,
        );
        assertEquals(error.message, `Cannot read "${one}": ${end}`);
      }
    }
  }));

Deno.test("readSmallText() reads a file to its last character", () =>
  inFolder(async (folder) => {
    const text = "a" + "€".repeat(100_000);
    await Deno.writeTextFile(`${folder}/f`, text);
    await Deno.symlink("f", `${folder}/link`);
    for (const name of ["f", "link"]) {
      assertEquals(
        await readSmallText(`${folder}/${name}`, { maxBytes: 300_001 }),
        text,
      );
    }
  }));

Deno.test("readSmallText() of what is not there is null", async () => {
  assertEquals(
    await readSmallText("/nonexistent/file", { maxBytes: 1 }),
    null,
  );
});

Deno.test("readSmallText() ends when its storage does not answer", async () => {
  const never = Promise.withResolvers<Deno.FileInfo>();
  const stat = Deno.stat;
  // A mount that hangs cannot be had in a test.
  Deno.stat = () => never.promise;
  try {
    const error = await assertRejects(
      () => readSmallText("/mnt/f", { maxBytes: 1, timeoutMs: 20 }),
      StorageError,
    );
    assertEquals(
      error.message,
      'Cannot read "/mnt/f": its storage has not answered for 0.02 s; ' +
        "--stall-timeout of a run sets how long an operation may take " +
        "(ETIMEDOUT)",
    );
  } finally {
    Deno.stat = stat;
    never.reject(new Error("over"));
  }
});
