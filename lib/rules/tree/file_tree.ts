/**
 * The names in a folder of strangers, and the text of its small files.
 *
 * Links are never followed: one may lead out of the tree, or in a circle.
 * Named pipes, devices and sockets are never opened. Depth, entries and bytes
 * are limited; what is left out is kept, with the reason.
 */
import { readSmallText } from "../../bytes/small_file.ts";
import { parse } from "@std/yaml";
import { FormatError, StokerError, StorageError } from "../../errors.ts";
import { checkExpansion } from "../../bytes/yaml_expansion.ts";
import type { UnreadFacts } from "../facts/tree.ts";
import { mapOf } from "../values.ts";
import { parseBoundedJson } from "./bounded_json.ts";

/** Deepest path of the field's layout has ten names. */
const MAX_DEPTH = 16;
/** Entries of one tree: all results of a round have some hundred thousand. */
const MAX_ENTRIES = 2_000_000;
/** Characters that are read of all files of one tree. */
const MAX_TOTAL_CHARS = 4 * 2 ** 30;
/** Problems of one tree that are kept. */
const MAX_UNREAD = 1000;
/** Largest JSON of the field; metadata holds a time series of each host. */
const MAX_JSON_BYTES = 16 * 2 ** 20;

/** Largest YAML: a description has 10 KB of kernel settings for each host. */
const MAX_YAML_BYTES = 8 * 2 ** 20;
/** Values of it, aliases written out. */
const MAX_YAML_VALUES = 2_000_000;

/** A folder: its folders and files by name. */
export interface Folder {
  readonly folders: ReadonlyMap<string, Folder>;
  readonly files: ReadonlySet<string>;
  /** Links and what else is neither. */
  readonly others: ReadonlySet<string>;
}

const EMPTY: Folder = {
  folders: new Map(),
  files: new Set(),
  others: new Set(),
};

/** A tree whose names are known. */
export class FileTree {
  /** As it was given. */
  readonly path: string;
  readonly root: Folder;
  readonly #unread: UnreadFacts[];
  readonly #onMove: () => void;
  #chars = 0;

  /** {@linkcode readFileTree} makes one; nothing else should. */
  constructor(
    path: string,
    root: Folder,
    { unread, onMove }: { unread: UnreadFacts[]; onMove: () => void },
  ) {
    this.path = path;
    this.root = root;
    this.#unread = unread;
    this.#onMove = onMove;
  }

  /** What could not be read so far. */
  get unread(): readonly UnreadFacts[] {
    return this.#unread;
  }

  /** A folder; one without entries if there is none. */
  folder(path: string): Folder {
    let folder: Folder | undefined = this.root;
    for (const name of path.split("/")) {
      if (name === "." || name === "") continue;
      folder = folder?.folders.get(name);
    }
    return folder ?? EMPTY;
  }

  /** Whether a regular file is there. */
  hasFile(path: string): boolean {
    const [folder, name] = splitPath(path);
    return this.folder(folder).files.has(name);
  }

  /**
   * The text of a small file.
   *
   * @param path From the tree's root.
   * @returns Null if it is not there or cannot be read, which is kept then.
   */
  async text(path: string, maxBytes: number): Promise<string | null> {
    if (!this.hasFile(path)) return null;
    if (this.#chars > MAX_TOTAL_CHARS) {
      this.leaveOut(path, "limit", "more files than are read of one tree");
      return null;
    }
    try {
      const text = await readSmallText(`${this.path}/${path}`, { maxBytes });
      this.#chars += text?.length ?? 0;
      this.#onMove();
      return text;
    } catch (error) {
      if (!(error instanceof StokerError)) throw error;
      this.leaveOut(path, "unreadable", reasonOf(error));
      return null;
    }
  }

  /** An object of a JSON file; null if there is none. */
  async json(
    path: string,
    maxBytes: number = MAX_JSON_BYTES,
  ): Promise<Readonly<Record<string, unknown>> | null> {
    return this.#parsed(path, await this.text(path, maxBytes), (text) => {
      const map = mapOf(parseBoundedJson(text));
      if (map === null) throw new SyntaxError("it must be a JSON object");
      return map;
    });
  }

  /** The value of a YAML file; null if there is none. */
  async yaml(path: string): Promise<unknown> {
    return this.#parsed(
      path,
      await this.text(path, MAX_YAML_BYTES),
      (text) => {
        const value = parse(text, { schema: "core" });
        checkExpansion(path, value, MAX_YAML_VALUES);
        return value;
      },
    );
  }

  /** Keeps what was not read. */
  leaveOut(where: string, kind: UnreadFacts["kind"], reason: string): void {
    if (this.#unread.length >= MAX_UNREAD) return;
    this.#unread.push({ where, kind, reason });
  }

  #parsed<Value>(
    path: string,
    text: string | null,
    read: (text: string) => Value,
  ): Value | null {
    if (text === null) return null;
    try {
      return read(text);
    } catch (error) {
      // A RangeError: nested more deeply than the stack.
      const isText = error instanceof SyntaxError ||
        error instanceof RangeError || error instanceof StokerError;
      if (!isText) throw error;
      this.leaveOut(path, "unreadable", reasonOf(error));
      return null;
    }
  }
}

/** The reason of an error, in one line. */
function reasonOf(error: Error): string {
  if (error instanceof FormatError) return error.message;
  return error.message.split("\n")[0]!.slice(0, 300);
}

function splitPath(path: string): [string, string] {
  const at = path.lastIndexOf("/");
  return at < 0 ? ["", path] : [path.slice(0, at), path.slice(at + 1)];
}

/**
 * Lists a tree. A folder `.git` is named, not listed.
 *
 * @param path Its folder, or a link to one.
 * @param onMove Called after each folder that was listed, and each file that
 *   is read.
 * @throws {StorageError} If it is no folder or cannot be listed.
 */
export async function readFileTree(
  path: string,
  onMove: () => void = () => {},
): Promise<FileTree> {
  const unread: UnreadFacts[] = [];
  const state = { entries: 0 };
  const list = async (at: string, depth: number): Promise<Folder> => {
    const folders = new Map<string, Folder>();
    const files = new Set<string>();
    const others = new Set<string>();
    const names: string[] = [];
    const keep = (
      name: string,
      kind: UnreadFacts["kind"],
      reason: string,
    ) => {
      others.add(name);
      if (unread.length < MAX_UNREAD) {
        unread.push({
          where: at === "" ? name : `${at}/${name}`,
          kind,
          reason,
        });
      }
    };
    for await (
      const entry of Deno.readDir(at === "" ? path : `${path}/${at}`)
    ) {
      state.entries++;
      if (state.entries > MAX_ENTRIES) {
        // Said once; the folders above end here too.
        if (state.entries === MAX_ENTRIES + 1) {
          keep(entry.name, "limit", `more than ${MAX_ENTRIES} entries`);
        }
        break;
      }
      if (entry.isSymlink) keep(entry.name, "link", "a symbolic link");
      else if (entry.isFile) files.add(entry.name);
      else if (!entry.isDirectory) {
        keep(entry.name, "special", "neither a file nor a folder");
      } else if (entry.name === ".git") folders.set(entry.name, EMPTY);
      else if (depth >= MAX_DEPTH) {
        keep(entry.name, "limit", `deeper than ${MAX_DEPTH} folders`);
      } else names.push(entry.name);
    }
    onMove();
    for (const name of names.sort()) {
      const inner = at === "" ? name : `${at}/${name}`;
      try {
        folders.set(name, await list(inner, depth + 1));
      } catch (error) {
        keep(name, "unreadable", listReason(error));
      }
    }
    return { folders, files, others };
  };
  try {
    return new FileTree(path, await list("", 0), { unread, onMove });
  } catch (error) {
    throw new StorageError("validate", path, codeOf(error), listReason(error));
  }
}

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" ? code : "EIO";
}

/** @throws What is no refusal of the system. */
function listReason(error: unknown): string {
  const isSystem = error instanceof Error &&
    Object.values(Deno.errors).some((kind) => error instanceof kind);
  if (!isSystem) throw error;
  return error.message.replace(/ \(os error \d+\).*$/s, "").toLowerCase();
}
