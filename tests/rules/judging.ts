/**
 * Validates a tree of a test, and says what was found in one line each.
 */
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import { validate } from "../../lib/rules/validate.ts";
import type { Validation } from "../../lib/rules/validation.ts";
import type { FieldTree } from "./field_tree.ts";

/** Writes a tree into a fresh folder and validates that. */
export async function validateTree(tree: FieldTree): Promise<Validation> {
  return await inFolder(async (folder) => {
    await tree.write(folder);
    return await validate(folder, NEWEST_EDITION);
  });
}

/** Does something with a fresh folder, which is gone afterwards. */
export async function inFolder<Result>(
  task: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_rules_" });
  try {
    return await task(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** "invalid 3.1.2", each once, sorted. */
export function foundRules({ results }: Validation): string[] {
  const found = results.flatMap(({ findings }) =>
    findings.map(({ severity, ruleId }) => `${severity} ${ruleId}`)
  );
  return [...new Set(found)].sort();
}

/** What one tree has and the other has not. */
export function added(doctored: Validation, good: Validation): string[] {
  const before = foundRules(good);
  return foundRules(doctored).filter((each) => !before.includes(each));
}
