/**
 * Paths of storages that live in a file system: relative ones start at the
 * root, absolute ones win, as `os.path.join` does it in DLIO.
 */

import { plainPath } from "../../bytes/path_rules.ts";

/**
 * Joins two path parts; an absolute second part wins. The result has no "..",
 * see {@linkcode plainPath}.
 */
export function joinPath(folder: string, path: string): string {
  return plainPath(join(folder, path));
}

function join(folder: string, path: string): string {
  if (path.startsWith("/")) return path;
  if (folder === "" || folder === "." || folder === "./") return path;
  return folder.endsWith("/") ? folder + path : `${folder}/${path}`;
}

/** The folder a path is in; "." if it has none. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return ".";
  return slash === 0 ? "/" : path.slice(0, slash);
}
