/**
 * Builds the random source's wasm from AssemblyScript and writes it as a
 * TypeScript module: `deno compile` would try to resolve the imports of a
 * `.wasm` file.
 *
 *    deno run -A scripts/build_wasm.ts           writes lib/random/random_wasm.ts
 *    deno run -A scripts/build_wasm.ts --check   compares, exits 1 if it differs
 */
import { compileToWasm } from "./compile_wasm.ts";
import { printProblem } from "./terminal.ts";

const SOURCE = "lib/random/wasm/random.ts";
const TARGET = "lib/random/random_wasm.ts";
const LINE_CHARS = 76;

const root = new URL("../", import.meta.url);

/** The generated module. */
function moduleText(wasm: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...wasm));
  const lines = base64.match(new RegExp(`.{1,${LINE_CHARS}}`, "g")) ?? [];
  return `\
/**
 * Generated from ${SOURCE}, do not edit.
 * Rebuild: deno run -A scripts/build_wasm.ts
 */

/** The module's ${wasm.length} bytes in base64. */
// deno-fmt-ignore
export const RANDOM_WASM_BASE64 =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`;
}

const source = await Deno.readTextFile(new URL(SOURCE, root));
const text = moduleText(await compileToWasm(source));
const target = new URL(TARGET, root);
if (!Deno.args.includes("--check")) {
  await Deno.writeTextFile(target, text);
} else if (await Deno.readTextFile(target) !== text) {
  printProblem(
    `Cannot accept ${TARGET} as it must be what ${SOURCE} gives: ` +
      "run deno run -A scripts/build_wasm.ts",
  );
  Deno.exit(1);
}
