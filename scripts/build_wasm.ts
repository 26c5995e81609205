/**
 * Builds the wasm modules from AssemblyScript and writes each as a TypeScript
 * module: `deno compile` would try to resolve the imports of a `.wasm` file.
 *
 *    deno run -A scripts/build_wasm.ts           writes lib/*\/*_wasm.ts
 *    deno run -A scripts/build_wasm.ts --check   compares, exits 1 if one differs
 */
import { compileToWasm } from "./compile_wasm.ts";
import { printProblem } from "./terminal.ts";

interface WasmModule {
  readonly source: string;
  readonly target: string;
  /** Name of the exported constant. */
  readonly constant: string;
}

const MODULES: readonly WasmModule[] = [
  {
    source: "lib/random/wasm/random.ts",
    target: "lib/random/random_wasm.ts",
    constant: "RANDOM_WASM_BASE64",
  },
  {
    source: "lib/bytes/wasm/adler32.ts",
    target: "lib/bytes/adler32_wasm.ts",
    constant: "ADLER32_WASM_BASE64",
  },
];

const LINE_CHARS = 76;

const root = new URL("../", import.meta.url);

/** The generated module. */
function moduleText(
  { source, constant }: WasmModule,
  wasm: Uint8Array,
): string {
  const base64 = btoa(String.fromCharCode(...wasm));
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARS}}`, "g")) ?? [];
  return `\
/**
 * Generated from ${source}, do not edit.
 * Rebuild: deno run -A scripts/build_wasm.ts
 */

/** The module's ${wasm.length} bytes in base64. */
// deno-fmt-ignore
export const ${constant} =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}

let isStale = false;
for (const module of MODULES) {
  const source = await Deno.readTextFile(new URL(module.source, root));
  const text = moduleText(module, await compileToWasm(source));
  const target = new URL(module.target, root);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(target, text);
  } else if (await Deno.readTextFile(target) !== text) {
    isStale = true;
    printProblem(
      `Cannot accept ${module.target} as it must be what ${module.source} ` +
        "gives: run deno run -A scripts/build_wasm.ts",
    );
  }
}
if (isStale) Deno.exit(1);
