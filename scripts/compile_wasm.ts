/**
 * AssemblyScript's compiler, called in memory.
 */
import asc from "assemblyscript/asc";

const OPTIONS = [
  "-O3",
  "--noAssert",
  "--enable",
  "simd",
  // No heap: the module must leave the arena's pages alone.
  "--runtime",
  "stub",
  "--importMemory",
  "--noExportMemory",
];

/**
 * Compiles one AssemblyScript file that imports nothing but its memory.
 *
 * @param source The file's text.
 * @returns The wasm module.
 * @throws {Error} With the compiler's messages.
 */
export async function compileToWasm(source: string): Promise<Uint8Array> {
  let wasm: Uint8Array | null = null;
  const { error, stderr } = await asc.main(
    ["module.ts", "--outFile", "module.wasm", ...OPTIONS],
    {
      readFile: (name) => name === "module.ts" ? source : null,
      writeFile: (name, contents) => {
        if (name === "module.wasm") wasm = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === null) {
    throw new Error(`Cannot compile wasm: ${error?.message}\n${stderr}`);
  }
  return wasm;
}
