/**
 * Makes the executable: `deno compile` with the permissions of the task
 * `stoker`, and with what it cannot find by itself embedded: the workers, the
 * modules that are loaded late, the workloads and the help topics.
 *
 *    deno task compile [--output FILE]     default dist/stoker
 *
 * `deno compile` embeds every package that `deno.json` names, also those of
 * tests and builds (130 MB of them), so it is given a configuration with the
 * imports of `lib/` alone, and a copy of the lock file.
 *
 * Environment, as `scripts/denort.ts` prepares it where Deno's download site
 * is out of reach: `DENORT_BIN` is the runtime to embed, `DENO_242` is the
 * deno of the same version, which must compile.
 */
import project from "../deno.json" with { type: "json" };
import { filesBelow } from "./files_below.ts";
import { runSteps } from "./step.ts";

const root = new URL("../", import.meta.url);
const OUTPUT_FLAG = "--output";
/** Beside deno.json, as paths in an import map are relative to it. */
const CONFIG_NAME = ".compile.json";
const LOCK_NAME = ".compile.lock";

/** Flags of the task `stoker`: what stands between "run" and "main.ts". */
function permissionFlags(): string[] {
  const words = project.tasks.stoker.command.split(" ");
  return words.slice(words.indexOf("run") + 1, words.indexOf("main.ts"));
}

/** Modules that `lazyImport` loads, as paths from the project's folder. */
function lazyModules(texts: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  for (const [path, text] of texts) {
    for (const [, name] of text.matchAll(/import\.meta\.resolve\("(.+?)"\)/g)) {
      const { href } = new URL(name ?? "", new URL(path, root));
      if (href.endsWith(".ts")) found.add(href.slice(root.href.length));
    }
  }
  return [...found].sort();
}

/** `deno.json` without the imports that no file of `lib/` names. */
function runtimeConfig(texts: readonly string[]): string {
  const isUsed = (name: string) =>
    texts.some((text) => text.includes(`"${name}"`));
  const imports = Object.fromEntries(
    Object.entries(project.imports).filter(([name]) => isUsed(name)),
  );
  return JSON.stringify({ ...project, imports });
}

async function compile(output: string): Promise<number> {
  const files = [...filesBelow("lib/")].filter((path) => path.endsWith(".ts"));
  // Worker entries are started by URL and not imported.
  const workers = files.filter((path) => path.endsWith("_worker.ts")).sort();
  const texts = new Map(
    await Promise.all(
      files.map(async (path) =>
        [path, await Deno.readTextFile(new URL(path, root))] as const
      ),
    ),
  );
  const included = ["workloads", "lib/help", ...workers, ...lazyModules(texts)];
  const config = new URL(CONFIG_NAME, root);
  const lock = new URL(LOCK_NAME, root);
  try {
    await Deno.writeTextFile(config, runtimeConfig([...texts.values()]));
    await Deno.copyFile(new URL("deno.lock", root), lock);
    return await runSteps([{
      title: `compile ${output}`,
      program: Deno.env.get("DENO_242") ?? Deno.execPath(),
      // Types are checked by `deno task ok`, with the deno of developers.
      args: [
        "compile",
        "--no-check",
        "--config",
        CONFIG_NAME,
        "--lock",
        LOCK_NAME,
        ...permissionFlags(),
        ...included.flatMap((path) => ["--include", path]),
        OUTPUT_FLAG,
        output,
        "main.ts",
      ],
    }]);
  } finally {
    await Deno.remove(config);
    await Deno.remove(lock);
  }
}

const outputIndex = Deno.args.indexOf(OUTPUT_FLAG);
const output = outputIndex < 0 ? "dist/stoker" : Deno.args[outputIndex + 1];
Deno.exit(await compile(output ?? "dist/stoker") === 0 ? 0 : 1);
