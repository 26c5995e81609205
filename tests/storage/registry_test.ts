import { assert, assertEquals } from "@std/assert";
import { STORAGE_KINDS } from "../../lib/storage/kinds.ts";

Deno.test("every storage is registered under its own name", () => {
  for (const [name, kind] of Object.entries(STORAGE_KINDS)) {
    assertEquals(kind.name, name);
  }
  assert(["local_fs", "null"].every((name) => name in STORAGE_KINDS));
});

Deno.test("every storage that keeps files runs the contract", async () => {
  const tests = await textOfTests(new URL("./", import.meta.url));
  for (const name of Object.keys(STORAGE_KINDS)) {
    if (name === "null") continue;
    // A kind with several libraries names each: `s3 (fetch)`.
    assert(
      new RegExp(`storageContract\\(["\`]${name}[" ]`).test(tests),
      `${name} does not run storageContract()`,
    );
  }
});

async function textOfTests(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await textOfTests(new URL(`${name}/`, folder));
    else if (name.endsWith("_test.ts")) {
      text += await Deno.readTextFile(new URL(name, folder));
    }
  }
  return text;
}

Deno.test("knowing the kinds of storage loads no client of an object store", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "lib/storage/kinds.ts"],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = new Set<string>();
  const visit = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    const module = modules.find((each: { specifier: string }) =>
      each.specifier === specifier
    );
    for (const { code, isDynamic } of module?.dependencies ?? []) {
      if (code?.specifier && isDynamic !== true) visit(code.specifier);
    }
  };
  for (const root of roots) visit(root);
  const paths = [...loaded].join("\n");
  assert(paths.includes("lib/storage/s3/s3_options.ts"), paths);
  assertEquals(paths.match(/^npm:.*|.*(_client|_storage)\.ts$/gm), null);
});
