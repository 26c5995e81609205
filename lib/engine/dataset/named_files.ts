/**
 * `dataset.files_train` and `dataset.files_eval`: the files of a split by
 * patterns, by their paths, or by a list in a file.
 *
 *    "shards/*.tar"    a pattern, see `bytes/glob.ts`
 *    "shards/0.tar"    a path
 *    "@files.txt"      a file of this host with one path in each line
 *
 * Paths are below the dataset folder. Absolute ones and URIs must lie in it.
 */
import { resolve } from "node:path";
import { type Glob, isGlob, parseGlob } from "../../bytes/glob.ts";
import { relativePathRule, shownName } from "../../bytes/path_rules.ts";
import { ConfigError } from "../../errors.ts";
import { nameAt, type NameTableBuilder } from "../../sampling/name_table.ts";
import type { NameTable } from "../../sampling/name_table.ts";
import type { Storage } from "../../storage/storage.ts";

/** Longest path that a table of names takes, in bytes of UTF-8. */
const MAX_PATH_BYTES = 4096;

/** Where names are looked for. */
export interface NamedPlace {
  readonly storage: Pick<Storage, "hostPath">;
  /** The dataset folder. */
  readonly folder: string;
  /** Bucket of an object store; absent: paths are of folders. */
  readonly bucket?: string;
}

/** The setting that names files. */
export type FilesKey = "dataset.files_train" | "dataset.files_eval";

/** What one setting names. */
export class NamedFiles {
  readonly key: FilesKey;
  readonly globs: readonly Glob[];
  readonly #listFiles: readonly string[];
  readonly #paths: readonly string[];
  readonly #place: NamedPlace;
  /** Patterns that matched a file. */
  readonly #matched = new Set<Glob>();

  /**
   * @param key The setting.
   * @param texts Its value.
   * @param place Where paths begin.
   * @throws {ConfigError} If a pattern is none, or leads elsewhere.
   */
  constructor(key: FilesKey, texts: readonly string[], place: NamedPlace) {
    this.key = key;
    this.#place = place;
    this.#listFiles = texts.filter((text) => text.startsWith("@"))
      .map((text) => text.slice(1));
    const others = texts.filter((text) => !text.startsWith("@"))
      .map((text) => this.#below(text, `${key} = "${shownName(text)}"`));
    this.#paths = others.filter((text) => !isGlob(text));
    this.globs = others.filter(isGlob).map((text) => this.#parse(text));
  }

  /** Whether a pattern names a file. @param path Below the dataset folder. */
  takes(path: string): boolean {
    const glob = this.globs.find((each) => each.matches(path));
    if (glob === undefined) return false;
    this.#matched.add(glob);
    return true;
  }

  /** Whether a folder may have files that a pattern names. */
  mayBeIn(folder: string): boolean {
    return this.globs.some(({ base }) =>
      base === "" || base === folder || base.startsWith(`${folder}/`) ||
      folder.startsWith(`${base}/`)
    );
  }

  /**
   * Adds the paths that are given one by one, or in list files.
   *
   * @param onEntry Called for each.
   * @throws {ConfigError} If a list cannot be read, or a path leads elsewhere.
   */
  async addPaths(builder: NameTableBuilder, onEntry: () => void) {
    for (const path of this.#paths) builder.add(path);
    for (const listFile of this.#listFiles) {
      let number = 0;
      for await (const line of linesOf(this.key, listFile)) {
        number++;
        onEntry();
        if (line.trim() === "") continue;
        builder.add(this.#below(line, `line ${number} of "${listFile}"`));
      }
    }
  }

  /**
   * Checks what came of it.
   *
   * @throws {ConfigError} If a pattern named nothing, or a file is named twice.
   */
  check(names: NameTable): void {
    const idle = this.globs.find((glob) => !this.#matched.has(glob));
    if (idle !== undefined) {
      throw this.#error(
        `"${idle.text}" must match a file below "${this.#place.folder}": ` +
          "it matches none",
      );
    }
    if (names.nameCount === 0) {
      throw this.#error("it must name at least 1 file: it names none");
    }
    if (this.#paths.length + this.#listFiles.length === 0) return;
    let last = "";
    for (let i = 0; i < names.nameCount; i++) {
      const name = nameAt(names, i);
      if (name === last) {
        throw this.#error(
          `every file must be named once: "${shownName(name)}" is twice`,
        );
      }
      last = name;
    }
  }

  /** A path below the dataset folder. */
  #below(text: string, what: string): string {
    const { folder, bucket, storage } = this.#place;
    let path = text;
    const uri = /^\w+:\/\/([^/]*)\/(.*)$/.exec(text);
    if (uri !== null && bucket !== undefined) {
      const key = folder.replace(/^\w+:\/\/[^/]*/, "")
        .replace(/^(\.?\/+)+/, "").replace(/\/+$/, "");
      const start = key === "" || key === "." ? "" : `${key}/`;
      const isBelow = uri[1] === bucket && uri[2]?.startsWith(start) === true;
      if (!isBelow) throw this.#elsewhere(what);
      path = uri[2]?.slice(start.length) ?? "";
    } else if (text.startsWith("/") && storage.hostPath !== undefined) {
      const start = resolve(storage.hostPath(folder)).replace(/\/*$/, "/");
      if (!text.startsWith(start)) throw this.#elsewhere(what);
      path = text.slice(start.length);
    }
    path = path.replace(/^(\.\/+)+/, "");
    const rule = path.length * 3 > MAX_PATH_BYTES &&
        new TextEncoder().encode(path).length > MAX_PATH_BYTES
      ? `not have more than ${MAX_PATH_BYTES} bytes`
      : relativePathRule(path);
    if (rule === null) return path;
    throw this.#error(`${what} must ${rule}`);
  }

  #elsewhere(what: string): ConfigError {
    return this.#error(
      `${what} must be below the dataset folder "${this.#place.folder}" ` +
        "(dataset.data_folder)",
    );
  }

  #parse(text: string): Glob {
    try {
      return parseGlob(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#error(`it must be a pattern: ${error.message}`);
    }
  }

  #error(rule: string): ConfigError {
    return new ConfigError([`Cannot use ${this.key}: ${rule}`]);
  }
}

/** The lines of a file, without their ends. */
async function* linesOf(
  key: FilesKey,
  listFile: string,
): AsyncGenerator<string> {
  let rest = "";
  try {
    const file = await Deno.open(listFile);
    const texts = file.readable.pipeThrough(
      new TextDecoderStream("utf-8", { fatal: true }),
    );
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield line.replace(/\r$/, "");
      if (rest.length > MAX_PATH_BYTES) {
        throw new TypeError(`a line has more than ${MAX_PATH_BYTES} bytes`);
      }
    }
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error;
    throw new ConfigError([
      `Cannot use ${key} = "@${listFile}": it must be a readable file with ` +
      `one path in each line: ${error.message}`,
    ]);
  }
  if (rest !== "") yield rest.replace(/\r$/, "");
}
