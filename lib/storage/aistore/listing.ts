/**
 * Listing a bucket page by page.
 *
 * One folder is requested at a time. Servers without folders return all names
 * below it in order, so that the names of a sub-folder follow each other. The
 * token of a page contains the last sub-folder. An object without bytes has no
 * size in an answer whose others have theirs (`omitempty`).
 * Spec: AIStore `api/apc/lsmsg.go`, `cmn/objlist.go`.
 */
import type { ListPage } from "../objects/object_client.ts";
import { malformed } from "../objects/request_failure.ts";

/** Names and sizes only, and of one folder: LsNameSize, LsNoRecursion. */
const FLAGS = (1 << 5) | (1 << 11);
/** Flag of an entry that is a folder. */
const ENTRY_IS_FOLDER = 1 << 8;

/** The request for a listing. */
export interface ListOptions {
  readonly token: string | null;
  readonly maxKeys: number;
}

/** The body of a request for a page. */
export function listMessage(
  prefix: string,
  { token, maxKeys }: ListOptions,
): string {
  const { uuid, next } = parseToken(token);
  return JSON.stringify({
    action: "list",
    value: {
      props: "name,size",
      prefix,
      pagesize: maxKeys,
      flags: String(FLAGS),
      uuid,
      continuation_token: next,
    },
  });
}

/**
 * The page in an answer.
 *
 * @throws {RequestFailure} If it is none.
 */
export function parseListing(
  text: string,
  prefix: string,
  { token }: ListOptions,
): ListPage {
  const page = parsePage(text);
  let { lastFolder } = parseToken(token);
  const keys: string[] = [];
  const withoutSize: string[] = [];
  const prefixes: string[] = [];
  for (const { name, size, flags = 0 } of page.entries ?? []) {
    if (!name.startsWith(prefix)) continue;
    const slash = name.indexOf("/", prefix.length);
    const isFolder = (flags & ENTRY_IS_FOLDER) !== 0 || slash >= 0;
    if (!isFolder) {
      keys.push(name);
      if (size === undefined || Number(size) === 0) withoutSize.push(name);
      continue;
    }
    const folder = slash < 0 ? `${name}/` : name.slice(0, slash + 1);
    if (folder === lastFolder || folder === prefix) continue;
    lastFolder = folder;
    prefixes.push(folder);
  }
  const next = page.continuation_token ?? "";
  return {
    keys,
    // A server that gives no sizes at all says nothing by it.
    emptyKeys: withoutSize.length < keys.length ? withoutSize : [],
    prefixes,
    nextToken: next === ""
      ? null
      : JSON.stringify({ uuid: page.uuid ?? "", next, lastFolder }),
  };
}

interface Page {
  readonly uuid?: string;
  readonly continuation_token?: string;
  readonly entries?:
    | readonly {
      readonly name: string;
      /** A number as text. */
      readonly size?: unknown;
      readonly flags?: number;
    }[]
    | null;
}

function parsePage(text: string): Page {
  try {
    const page = JSON.parse(text) as Page;
    const isText = (value: unknown) =>
      value === undefined || typeof value === "string";
    const entries: unknown = page.entries ?? [];
    const isPage = isText(page.uuid) && isText(page.continuation_token) &&
      Array.isArray(entries) &&
      entries.every((entry) => typeof entry?.name === "string");
    if (isPage) return page;
  } catch {
    // Said below.
  }
  throw malformed("a listing");
}

function parseToken(
  token: string | null,
): { uuid: string; next: string; lastFolder: string } {
  return token === null
    ? { uuid: "", next: "", lastFolder: "" }
    : JSON.parse(token);
}
