/**
 * Each rule against a tree that breaks it alone.
 */
import { assert, assertEquals } from "@std/assert";
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import type { Validation } from "../../lib/rules/validation.ts";
import { DOCTORED_ROWS, GOOD_TREES } from "./doctored_rows.ts";
import { added, foundRules, validateTree } from "./judging.ts";

const good = new Map<string, Validation>();

async function goodTree(name: string): Promise<Validation> {
  const known = good.get(name) ?? await validateTree(GOOD_TREES[name]!());
  good.set(name, known);
  return known;
}

/** What no file of a good result tells, or what is worth knowing. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  training: ["unchecked 3.3.5", "unchecked STOKER-CACHES"],
  checkpointing: [],
  "checkpoint pair": ["note 4.7.2"],
  vector_database: ["unchecked 5.6.4"],
  kv_cache: [],
};

for (const name of Object.keys(GOOD_TREES)) {
  Deno.test(`a good tree of ${name} is CLOSED`, async () => {
    const validation = await goodTree(name);
    assertEquals(foundRules(validation), LEFT[name]);
    assertEquals(validation.verdict, "closed");
  });
}

for (const { title, base, doctor, found } of DOCTORED_ROWS) {
  Deno.test(`${title}: ${found.join(", ") || "nothing"}`, async () => {
    const tree = GOOD_TREES[base]!();
    doctor(tree);
    const validation = await validateTree(tree);
    assertEquals(added(validation, await goodTree(base)), found);
    const isOpen = [...tree.files.keys()].some((path) =>
      path.startsWith("open/") && path.endsWith("summary.json")
    );
    const expected = found.some((each) => each.startsWith("invalid"))
      ? "invalid"
      : isOpen
      ? "open"
      : "closed";
    assertEquals(validation.verdict, expected);
  });
}

Deno.test("every rule of the edition has a tree that breaks it", () => {
  const caught = new Set(
    DOCTORED_ROWS.flatMap(({ found }) =>
      found.map((each) => each.split(" ")[1]!)
    ).concat(Object.values(LEFT).flat().map((each) => each.split(" ")[1]!)),
  );
  const rules = Object.values(NEWEST_EDITION.rules).flatMap((list) =>
    list.map(({ id }) => id)
  );
  // Of results of Stoker, and of hostile trees: tests of their own.
  const elsewhere = ["1.1", "STOKER-READ"];
  const missing = rules.filter((id) =>
    !caught.has(id) && !elsewhere.includes(id)
  );
  assertEquals(missing, []);
  assert(DOCTORED_ROWS.length >= 60);
});
