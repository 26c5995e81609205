/**
 * The command line as users see it: each folder of `specs/` is a test, run
 * with the permissions of the task `stoker`.
 *
 *    specs/<name>/__test__.jsonc
 *    {
 *      // What the test shows, as a sentence.
 *      "title": "an unknown flag is refused with a hint",
 *      "steps": [{
 *        "args": ["run", "--jsno"],      $DIR is a fresh folder, the spec's
 *                                        own files are copied into it,
 *                                        $ROOT is the project's folder
 *        "env": {"NAME": "value"},
 *        "code": 2,                      default 0
 *        "stdout": "text",               default "", [WILDCARD] for anything
 *        "stderr": "text",
 *        "files": {"path": "content"}    must be there afterwards
 *      }]
 *    }
 */
import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/jsonc";

const ROOT = new URL("../", import.meta.url);
const SPECS = new URL("./specs/", import.meta.url);
const SPEC_NAME = "__test__.jsonc";

interface Step {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code?: number;
  readonly stdout?: string | readonly string[];
  readonly stderr?: string | readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

interface Spec {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** What stands between "run" and "main.ts" in the task `stoker`. */
function permissionFlags(): string[] {
  const { tasks } = JSON.parse(
    Deno.readTextFileSync(new URL("deno.json", ROOT)),
  );
  const words: string[] = tasks.stoker.command.split(" ");
  return words.slice(words.indexOf("run") + 1, words.indexOf("main.ts"));
}

/** `[WILDCARD]` stands for any text, also none. */
function patternOf(expected: string | readonly string[] = ""): RegExp {
  const text = typeof expected === "string" ? expected : expected.join("\n");
  const pieces = text.split("[WILDCARD]").map((piece) =>
    piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  );
  return new RegExp(`^${pieces.join("[^]*?")}$`);
}

async function runStep(step: Step, folder: string): Promise<void> {
  const inFolder = (text: string) =>
    text.replaceAll("$DIR", folder).replaceAll("$ROOT/", ROOT.pathname);
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      ...permissionFlags(),
      new URL("main.ts", ROOT).pathname,
      ...step.args.map(inFolder),
    ],
    cwd: folder,
    env: {
      ...step.env,
      NO_COLOR: "1",
      HOME: Deno.env.get("HOME") ?? "",
      ...denoEnvironment(),
    },
    clearEnv: true,
  }).output();
  const decoder = new TextDecoder();
  const visible = (bytes: Uint8Array) =>
    decoder.decode(bytes).replaceAll(folder, "$DIR").trimEnd();
  const stderr = visible(output.stderr);
  assertEquals(output.code, step.code ?? 0, stderr);
  assertMatch(visible(output.stdout), patternOf(step.stdout), "stdout");
  assertMatch(stderr, patternOf(step.stderr), "stderr");
  for (const [path, content] of Object.entries(step.files ?? {})) {
    assertMatch(
      (await Deno.readTextFile(`${folder}/${path}`)).trimEnd(),
      patternOf(content),
      path,
    );
  }
}

/** What Deno itself needs to find its cache. */
function denoEnvironment(): Record<string, string> {
  const cache = Deno.env.get("DENO_DIR");
  return cache === undefined ? {} : { DENO_DIR: cache };
}

async function copyFiles(from: URL, to: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(from)) {
    if (!isFile || name === SPEC_NAME) continue;
    await Deno.copyFile(new URL(name, from), `${to}/${name}`);
  }
}

for (const { name, isDirectory } of Deno.readDirSync(SPECS)) {
  if (!isDirectory) continue;
  const source = new URL(`${name}/`, SPECS);
  const text = Deno.readTextFileSync(new URL(SPEC_NAME, source));
  const spec = parse(text) as Spec;
  Deno.test(`stoker: ${spec.title}`, async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    try {
      await copyFiles(source, folder);
      for (const step of spec.steps) await runStep(step, folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
