/**
 * Modules that are loaded when they are needed.
 *
 * Before the first line of a program or of a worker runs, Deno reads all
 * modules that it can reach, also those behind a literal `import("...")`: 700 of
 * them for a command, 340 for a reader thread. A module that few runs need is
 * therefore imported by a URL that is worked out: it costs nothing until then.
 * `scripts/compile.ts` finds these URLs by the call of `import.meta.resolve`
 * and embeds their modules into the executable.
 *
 * The main thread imports them. Several other threads that import by such URLs
 * at a time hang now and then (Deno 2.9.6): they are started with the modules
 * that they need (`engine/threads/thread_program.ts`), and find them here.
 */

/** What this thread was started with, by URL; null in the main thread. */
let givenModules: ReadonlyMap<string, unknown> | null = null;

/**
 * Leaves a thread the modules that it was started with.
 *
 * @param modules By their URLs.
 */
export function giveModules(modules: ReadonlyMap<string, unknown>): void {
  givenModules = modules;
}

/**
 * Imports a module when it is called, and not before.
 *
 * @param url Where it is: `import.meta.resolve` of a path in quotation
 *   marks, so that the executable has the module too.
 * @returns What it exports. Nobody checks the type: it must be right.
 * @throws {Error} In a thread that was not started with it.
 */
export async function lazyImport<Module>(url: string): Promise<Module> {
  if (givenModules === null) return await import(url);
  if (!givenModules.has(url)) {
    throw new Error(`This thread was started without ${url}`);
  }
  return givenModules.get(url) as Module;
}

/** One export of a module that is loaded when it is needed. */
export interface LazyPart<Part> {
  /** URL of the module. */
  readonly url: string;
  /** Name of the export. */
  readonly name: string;
  /** See {@linkcode lazyImport}. */
  readonly load: () => Promise<Part>;
}

/**
 * Names a part of Stoker without loading it.
 *
 * @param url See {@linkcode lazyImport}.
 * @param name Of its export. Nobody checks its type: it must be right.
 */
export function lazyPart<Part>(url: string, name: string): LazyPart<Part> {
  const load = async () =>
    (await lazyImport<Readonly<Record<string, Part>>>(url))[name] as Part;
  return { url, name, load };
}
