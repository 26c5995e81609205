import { assert, assertEquals } from "@std/assert";
import { STORAGE_KINDS } from "../../lib/storage/registry.ts";

Deno.test("every storage is registered under its own name", () => {
  for (const [name, kind] of Object.entries(STORAGE_KINDS)) {
    assertEquals(kind.name, name);
  }
  assert(["local_fs", "null"].every((name) => name in STORAGE_KINDS));
});

Deno.test("every storage that keeps files runs the contract", async () => {
  const folder = new URL("./", import.meta.url);
  let tests = "";
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith("_test.ts")) {
      tests += await Deno.readTextFile(new URL(name, folder));
    }
  }
  for (const name of Object.keys(STORAGE_KINDS)) {
    if (name === "null") continue;
    assert(
      tests.includes(`storageContract("${name}"`),
      `${name} does not run storageContract()`,
    );
  }
});
