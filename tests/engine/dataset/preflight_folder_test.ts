/** Tests of lib/engine/dataset/preflight_folder.ts: each step that can fail. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { preflightFolder } from "../../../lib/engine/dataset/preflight_folder.ts";
import { StorageError } from "../../../lib/errors.ts";
import { LocalStorage } from "../../../lib/storage/local/local.ts";
import { preflightName } from "../../../lib/storage/preflight_name.ts";
import type { OpenedFile, Storage } from "../../../lib/storage/storage.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

function refusalOf(storage: Storage, folder: string): Promise<StorageError> {
  return assertRejects(
    () => preflightFolder(storage, folder),
    StorageError,
  );
}

Deno.test("preflightFolder() makes the folder and leaves nothing in it", () =>
  inTempFolder(async (folder) => {
    await preflightFolder(new LocalStorage(""), `${folder}/a/b`);
    assertEquals([...Deno.readDirSync(`${folder}/a/b`)], []);
  }));

Deno.test("preflightFolder() says that a file is in the way", () =>
  inTempFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const error = await refusalOf(new LocalStorage(""), `${folder}/file`);
    assertStringIncludes(
      error.message,
      "tested before the run, which will write there (ENOTDIR)",
    );
  }));

class Unlisted extends LocalStorage {
  override async *list() {}
}
class Shorter extends LocalStorage {
  override sizeOf(path: string): number | null {
    const byteCount = super.sizeOf(path);
    return byteCount === null ? null : byteCount - 1;
  }
}
class Different extends LocalStorage {
  override open(path: string): OpenedFile {
    const file = super.open(path);
    return {
      path,
      byteLength: file.byteLength,
      readInto: (view) => view.fill(1).length,
      close: () => file.close(),
    };
  }
}
class Undeletable extends LocalStorage {
  override remove(): void {}
}

for (
  const [step, storage] of [
    ["list", new Unlisted("")],
    ["look up", new Shorter("")],
    ["read", new Different("")],
    ["delete", new Undeletable("")],
  ] as const
) {
  Deno.test(`preflightFolder() fails where "${step}" does not show what was written`, () =>
    inTempFolder(async (folder) => {
      const error = await refusalOf(storage, folder);
      assertEquals([error.operation, error.code], [step, "Inconsistent"]);
      assert(error.path.startsWith(folder));
      if (step === "delete") return;
      assertEquals([...Deno.readDirSync(folder)], []);
    }));
}

Deno.test("preflightFolder() leaves storage alone that is not this host's", async () => {
  const storage = new Proxy({}, {
    get: (_, name) => {
      if (name === "hostPath") return undefined;
      throw new Error(`${String(name)} was used`);
    },
  });
  await preflightFolder(storage as Storage, "bucket");
});

Deno.test("a run that only reads writes nothing beside its data", () =>
  inTempFolder(async (folder) => {
    await runSmall(smallWorkload(folder, ["workflow.train=false"]));
    Deno.chmodSync(folder, 0o555);
    const before = Deno.statSync(folder).mtime?.getTime();
    const { error } = await runSmall(
      smallWorkload(folder, ["workflow.generate_data=false"]),
    );
    assertEquals(error, null);
    assertEquals(Deno.statSync(folder).mtime?.getTime(), before);
    Deno.chmodSync(folder, 0o755);
  }));

Deno.test("preflightFolder() removes what a killed run left, nothing else", () =>
  inTempFolder(async (folder) => {
    const old = preflightName(Date.now() - 48 * 60 * 60 * 1000);
    const young = preflightName(Date.now());
    for (const name of [old, young, "mine"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    await preflightFolder(new LocalStorage(""), folder);
    assertEquals(
      [...Deno.readDirSync(folder)].map(({ name }) => name).sort(),
      [young, "mine"].sort(),
    );
  }));
