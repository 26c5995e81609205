/**
 * What three rules ask of two folders: both are named, and they differ.
 */
import { type Problem, unchecked } from "../rule.ts";
import { folderOf } from "../values.ts";

/** A folder that a rule speaks of. */
export interface NamedFolder {
  /** "the data folder". */
  readonly what: string;
  readonly path: string | null;
  /** Where it should be named. */
  readonly source: string;
}

/** Problems of two folders. */
export function* differentFolders(
  storage: NamedFolder,
  results: NamedFolder,
): Generator<Problem> {
  for (const { what, path, source } of [storage, results]) {
    if (path === null) {
      yield unchecked(what, source);
      return;
    }
  }
  if (folderOf(storage.path) !== folderOf(results.path)) return;
  yield {
    have: `"${results.path}" for both`,
    need: `${results.what} elsewhere than ${storage.what}`,
  };
}
