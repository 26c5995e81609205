/**
 * Modules that are loaded when they are needed.
 *
 * Before the first line of a program or of a worker runs, Deno reads all
 * modules that it can reach, also those behind a literal `import("…")`: 700 of
 * them for a command, 340 for a reader thread. A module that few runs need is
 * therefore imported by a URL that is worked out: it costs nothing until then.
 * `scripts/compile.ts` finds these URLs by the call of `import.meta.resolve`
 * and embeds their modules into the executable.
 */

/**
 * Imports a module when it is called, and not before.
 *
 * @param url Where it is: `import.meta.resolve` of a path in quotation
 *   marks, so that the executable has the module too.
 * @returns What it exports. Nobody checks the type: it must be right.
 */
export async function lazyImport<Module>(url: string): Promise<Module> {
  const module: Module = await import(url);
  return module;
}
