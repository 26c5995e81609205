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

/**
 * All modules that Deno reads before the first line of one runs.
 *
 * @param isLoader Whether what a module imports later is needed at once too.
 */
async function readWith(
  path: string,
  isLoader: (module: string) => boolean = () => false,
): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout));
  const found = new Set<string>();
  const visit = (specifier: string): void => {
    if (found.has(specifier)) return;
    found.add(specifier);
    const module = modules.find((each: { specifier: string }) =>
      each.specifier === specifier
    );
    for (const { code, type } of module?.dependencies ?? []) {
      if (code?.specifier) visit(code.specifier);
      else if (type?.specifier && isLoader(specifier)) visit(type.specifier);
    }
  };
  for (const root of roots) visit(root);
  return [...found];
}

Deno.test("knowing the kinds of storage loads no client library of S3", async () => {
  const isRegistry = (module: string) =>
    module.endsWith("lib/storage/registry.ts");
  const read = await readWith("lib/storage/kinds.ts", isRegistry);
  const paths = read.join("\n");
  assert(paths.includes("lib/storage/s3/s3_options.ts"), paths);
  assertEquals(
    paths.match(/^npm:(?!undici@).*|.*(aws_sdk|minio|fetch)_client\.ts$/gm),
    null,
  );
});

Deno.test("a worker reads no storage, no format and no package before it knows its work", async () => {
  const root = new URL("../../lib/", import.meta.url);
  // The thread of the main thread's own files is one, and works on them.
  const workers = [...filesBelow(root)].filter((path) =>
    path.endsWith("_worker.ts") && !path.endsWith("/files/file_worker.ts")
  );
  assert(workers.length >= 4, workers.join());
  for (const worker of workers) {
    const surplus = (await readWith(worker)).filter((module) =>
      /^(npm:(?!d3-random@)|node:)|lib\/config\//.test(module) ||
      /lib\/(storage\/(?!\w+\.ts$)|formats\/(?!format|module_|registry))/
        .test(module)
    );
    assertEquals(surplus, [], worker);
  }
});

Deno.test("a program that says its version reads no command but that", async () => {
  const paths = (await readWith("main.ts")).join("\n");
  assertEquals(
    paths.match(/.*lib\/cli\/commands\/.*|^npm:(?!deno-std@).*/gm),
    null,
  );
});

function* filesBelow(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* filesBelow(new URL(`${name}/`, folder));
    else yield new URL(name, folder).pathname;
  }
}
