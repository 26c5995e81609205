/**
 * What four rules ask of file systems: results are not on that under test.
 */
import type { SeparationFacts } from "../facts/run_facts.ts";
import { type Problem, unchecked } from "../rule.ts";

/**
 * Problems of what was found out.
 *
 * @param separation Null: nothing.
 * @param isObjectStore Object stores are no file system: nothing to check.
 */
export function* separateFileSystems(
  separation: SeparationFacts | null,
  isObjectStore: boolean | null,
): Generator<Problem> {
  if (isObjectStore === true) return;
  if (separation === null || separation.isSeparate === null) {
    yield unchecked(
      "whether data and results are on different file systems",
      "fs_separation.json",
    );
    return;
  }
  if (separation.isSeparate) return;
  yield {
    have: `the same file system, says ${separation.source}`,
    need: "a hard link between both that fails with EXDEV",
  };
}
