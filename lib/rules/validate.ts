/**
 * Validates a path: a results folder, several, or a submission tree.
 */
import { StorageError } from "../errors.ts";
import type { Edition } from "./edition.ts";
import { applyRules } from "./rule.ts";
import { readFileTree } from "./tree/file_tree.ts";
import { judgeRuns, runFolders } from "./tree/run_folders.ts";
import { isSubmissionTree, judgeSubmission } from "./tree/submission_tree.ts";
import { judged, type OwnResult, type Validation } from "./validation.ts";

/**
 * Validates what is at a path. Files are only read.
 *
 * @param path A folder, or a link to one.
 * @param edition The rules.
 * @param onMove Called whenever something was read.
 * @throws {StorageError} If it is no folder, cannot be listed, or holds
 *   nothing that rules speak of.
 */
export async function validate(
  path: string,
  edition: Edition,
  onMove: () => void = () => {},
): Promise<Validation> {
  const tree = await readFileTree(path.replace(/(?<=.)\/+$/, ""), onMove);
  if (isSubmissionTree(tree)) {
    return judged(
      path,
      "submission tree",
      edition,
      await judgeSubmission(tree, edition),
    );
  }
  const folders = runFolders(tree);
  if (folders.length === 0) {
    throw new StorageError(
      "validate",
      path,
      "ENOENT",
      "it must be a results folder (stoker.json or summary.json), hold some, " +
        "or be a submission tree with closed/ or open/",
    );
  }
  const results = await judgeRuns(tree, folders, edition);
  const readable = edition.rules.tree.filter(({ id }) => id === "STOKER-READ");
  const unread = applyRules(readable, {
    where: ".",
    division: null,
    entries: [],
    pools: [],
    organizations: {},
    codeImages: [],
    unread: tree.unread,
  }, edition);
  const whole: OwnResult[] = unread.length === 0 ? [] : [{
    kind: "tree",
    where: ".",
    division: null,
    family: null,
    model: null,
    findings: unread,
  }];
  return judged(
    path,
    folders.length === 1 ? "run" : "series of runs",
    edition,
    [...whole, ...results],
  );
}
