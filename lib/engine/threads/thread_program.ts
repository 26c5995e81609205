/**
 * The program of a thread: its entry, and the parts of Stoker that it uses.
 *
 *    import { giveModules } from ".../lazy_import.ts";
 *    import * as part0 from ".../storage/local/local.ts";
 *    import * as part1 from ".../formats/npz.ts";
 *    import ".../training/reader_worker.ts";
 *    giveModules(new Map([[".../storage/local/local.ts", part0], ...]));
 *    postMessage("loaded");
 *
 * It is text, passed to the thread as a `data:` URL. A thread keeps all modules
 * that its program can reach in memory: with the parts of this run alone these
 * are a third of what they are with all formats and storages. The thread loads
 * nothing later, see `lazy_import.ts`.
 */
import { LOADED, PatientWorker } from "../../early_messages.ts";
import { FORMATS } from "../../formats/registry.ts";
import type { StorageSettings } from "../../storage/storage.ts";
import { KIND_PARTS } from "../../storage/registry.ts";
import { FORMAT_MODULE_URL } from "../plan/format_of.ts";
import type { DatasetPlan } from "../plan/run_plan.ts";

/** What a thread runs. */
export interface ThreadProgram {
  /** URL of the module that serves it: a `*_worker.ts`. */
  readonly entry: string;
  /** URLs of the modules that it finds by `lazyImport`. */
  readonly parts: readonly string[];
}

/** The parts that a thread needs to use a storage. */
export function storageParts({ kind }: StorageSettings): string[] {
  const part = KIND_PARTS[kind];
  return part === undefined ? [] : [part.url];
}

/** The parts that a thread needs to read or write files of a dataset. */
export function datasetParts(
  { storage, format, formatModule }: Pick<
    DatasetPlan,
    "storage" | "format" | "formatModule"
  >,
): string[] {
  if (formatModule !== undefined) {
    return [...storageParts(storage), formatModule, FORMAT_MODULE_URL];
  }
  const url = FORMATS[format]?.part.url;
  return [...storageParts(storage), ...(url === undefined ? [] : [url])];
}

/** Starts a thread. @returns It may be sent messages at once. */
export function startThread(program: ThreadProgram): Worker {
  return new PatientWorker(programUrl(program));
}

function programUrl({ entry, parts }: ThreadProgram): string {
  const lazyUrl = import.meta.resolve("../../lazy_import.ts");
  const named = parts.map((url, index) => [`part${index}`, quoted(url)]);
  const modules = named.map(([name, url]) => `[${url}, ${name}]`);
  const text = [
    `import { giveModules } from ${quoted(lazyUrl)};`,
    ...named.map(([name, url]) => `import * as ${name} from ${url};`),
    `import ${quoted(entry)};`,
    `giveModules(new Map([${modules.join()}]));`,
    `postMessage(${quoted(LOADED)});`,
  ].join("\n");
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
