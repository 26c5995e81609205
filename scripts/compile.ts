/**
 * Makes the executable: `deno compile` with the permissions of the task
 * `stoker`, and with what it cannot find by itself embedded: the workers and
 * the workloads.
 *
 *    deno task compile [--output FILE]     default dist/stoker
 *
 * Environment: `DENORT_BIN` is the runtime to embed, where its download site
 * is out of reach; `DENO_242` is the deno that made that runtime and so must
 * compile (see `design.md` 6).
 */
import project from "../deno.json" with { type: "json" };
import { runSteps } from "./step.ts";

const root = new URL("../", import.meta.url);
const OUTPUT_FLAG = "--output";

/** Flags of the task `stoker`: what stands between "run" and "main.ts". */
function permissionFlags(): string[] {
  const words = project.tasks.stoker.command.split(" ");
  return words.slice(words.indexOf("run") + 1, words.indexOf("main.ts"));
}

/** Worker entries, which are started by URL and imported by nobody. */
function* workerFiles(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    const path = folder + entry.name;
    if (entry.isDirectory) yield* workerFiles(`${path}/`);
    else if (path.endsWith("_worker.ts")) yield path;
  }
}

const outputIndex = Deno.args.indexOf(OUTPUT_FLAG);
const output = outputIndex < 0 ? "dist/stoker" : Deno.args[outputIndex + 1];
const included = ["workloads", ...[...workerFiles("lib/")].sort()];
const failedCount = await runSteps([{
  title: `compile ${output}`,
  program: Deno.env.get("DENO_242") ?? Deno.execPath(),
  // Types are checked by `deno task ok`, with the deno of the developers.
  args: [
    "compile",
    "--no-check",
    // With the lock file, every package in it is embedded, those of the tests
    // and the wasm compiler too: 140 MB more, and twice the start-up time.
    // What Stoker itself imports is pinned in deno.json.
    "--no-lock",
    ...permissionFlags(),
    ...included.flatMap((path) => ["--include", path]),
    OUTPUT_FLAG,
    output ?? "",
    "main.ts",
  ],
}]);
Deno.exit(failedCount === 0 ? 0 : 1);
