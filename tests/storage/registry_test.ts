import { assert, assertEquals } from "@std/assert";
import { FORMATS } from "../../lib/formats/registry.ts";
import { STORAGE_KINDS } from "../../lib/storage/kinds.ts";
import { KIND_PARTS } from "../../lib/storage/registry.ts";

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

/**
 * What the import of a module loads.
 *
 * @param isFollowed Whether an import() of a module counts too.
 */
async function loadedBy(
  path: string,
  isFollowed: (module: string) => boolean = () => false,
): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
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
      if (!code?.specifier || isDynamic && !isFollowed(specifier)) continue;
      visit(code.specifier);
    }
  };
  for (const root of roots) visit(root);
  return [...loaded];
}

Deno.test("knowing the kinds of storage loads no client of an object store", async () => {
  for (const [name, { url }] of Object.entries(KIND_PARTS)) {
    const loaded = await loadedBy(new URL(url).pathname);
    const surplus = loaded.filter((module) =>
      /^(npm:|node:)|(_client|_storage)\.ts$/.test(module)
    );
    assertEquals(surplus, [], name);
  }
});

Deno.test("a thread can reach no format and no storage but those that it is started with", async () => {
  const root = new URL("../../lib/", import.meta.url);
  // The thread of the main thread's own files is one, and works on them.
  const workers = [...filesBelow(root)].filter((path) =>
    path.endsWith("_worker.ts") && !path.endsWith("/files/file_worker.ts")
  );
  assert(workers.length >= 4, workers.join());
  const parts = [
    ...Object.values(FORMATS).map(({ part }) => part.url),
    ...Object.values(KIND_PARTS).map(({ url }) => url),
  ];
  for (const worker of workers) {
    const reached = await loadedBy(worker, () => true);
    const surplus = reached.filter((module) =>
      parts.includes(module) ||
      /^(npm:(?!d3-random@)|node:)|lib\/config\//.test(module)
    );
    assertEquals(surplus, [], worker);
  }
});

Deno.test("a program that says its version reads no command but that", async () => {
  const paths = (await loadedBy("main.ts", () => true)).join("\n");
  assertEquals(
    paths.match(/.*lib\/(cli\/commands|engine|report)\/.*/g),
    null,
  );
});

function* filesBelow(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(new URL(`${name}/`, folder));
    else yield new URL(name, folder).pathname;
  }
}
