/**
 * A folder's entries, page after page, from a server that may not mean well:
 * a listing either ends or is an error.
 *
 *    token      one that came before would begin the same pages again
 *    pages      1,000 in a row may be empty, as they are where a store passes
 *               over what was deleted; more are an error
 *    keys       begin with the prefix that was asked for; the first key of a
 *               page was not the first of another
 *    segments   a key such as `train//b.npy` has an empty one: as a path it
 *               would name `train/` again, for ever
 */
import { StorageError } from "../../errors.ts";
import type { FolderEntry } from "../storage.ts";
import type { ListPage, ObjectName } from "./object_client.ts";
import { objectUri } from "./request_failure.ts";

/** Empty pages in a row that are taken. */
export const MAX_EMPTY_PAGES = 1000;

/**
 * Lists a folder.
 *
 * @param folder Its key; "" for all of the bucket.
 * @param askPage Asks for one page; the token is null at first.
 * @throws {StorageError} If the listing goes in circles, does not get on, or
 *   has what is not in the folder.
 */
export async function* listFolder(
  folder: ObjectName,
  askPage: (prefix: ObjectName, token: string | null) => Promise<ListPage>,
): AsyncIterable<FolderEntry> {
  const { key } = folder;
  const prefix = {
    ...folder,
    key: key === "" || key.endsWith("/") ? key : `${key}/`,
  };
  const progress = new ListingProgress(prefix);
  let token: string | null = null;
  do {
    const page: ListPage = await askPage(prefix, token);
    progress.take(page);
    for (const each of page.prefixes) {
      yield { name: folderName(each, prefix), isFolder: true };
    }
    const empty = new Set(page.emptyKeys);
    for (const each of page.keys) {
      const name = withoutPrefix(each, prefix);
      // Some tools keep an empty object where a folder would be.
      if (name === "") continue;
      const problem = empty.has(each) ? { problem: "it is empty" } : {};
      yield { name, isFolder: false, ...problem };
    }
    token = page.nextToken;
  } while (token !== null);
}

/** Sees to it that pages lead somewhere. */
class ListingProgress {
  readonly #prefix: ObjectName;
  readonly #tokens = new Set<string>();
  readonly #firstKeys = new Set<string>();
  #emptyPages = 0;

  constructor(prefix: ObjectName) {
    this.#prefix = prefix;
  }

  /** @throws {StorageError} If the page was there before, or leads nowhere. */
  take({ keys, prefixes, nextToken }: ListPage): void {
    const [firstKey] = keys;
    if (firstKey !== undefined) {
      if (this.#firstKeys.has(firstKey)) {
        throw broken(this.#prefix, `the key "${firstKey}" came before`);
      }
      this.#firstKeys.add(firstKey);
    }
    if (nextToken === null) return;
    if (this.#tokens.has(nextToken)) {
      throw broken(this.#prefix, `the token "${nextToken}" came before`);
    }
    this.#tokens.add(nextToken);
    const isEmpty = keys.length + prefixes.length === 0;
    this.#emptyPages = isEmpty ? this.#emptyPages + 1 : 0;
    if (this.#emptyPages > MAX_EMPTY_PAGES) {
      throw broken(
        this.#prefix,
        `more than ${MAX_EMPTY_PAGES} pages in a row were empty`,
      );
    }
  }
}

function folderName(key: string, prefix: ObjectName): string {
  const name = withoutPrefix(key, prefix).replace(/\/$/, "");
  if (name !== "") return name;
  throw new StorageError(
    "list",
    objectUri(prefix),
    "EmptySegment",
    `keys begin with "${key}", which has an empty segment: as a path it ` +
      "would be the same folder; rename or remove these objects",
  );
}

function withoutPrefix(key: string, prefix: ObjectName): string {
  if (key.startsWith(prefix.key)) return key.slice(prefix.key.length);
  throw broken(prefix, `the key "${key}" is not below it`);
}

function broken(prefix: ObjectName, what: string): StorageError {
  return new StorageError(
    "list",
    objectUri(prefix),
    "MalformedAnswer",
    `the server's listing never ends or is not of this folder: ${what}`,
  );
}
