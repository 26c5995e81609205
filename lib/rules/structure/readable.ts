/**
 * STOKER-READ: everything in a tree can be read by others.
 */
import type { TreeFacts, UnreadFacts } from "../facts/tree.ts";
import type { Rule } from "../rule.ts";

const NEEDS: Readonly<Record<UnreadFacts["kind"], string>> = {
  link: "a file or folder: links are not followed",
  unreadable: "a file that can be read",
  special: "a file or folder",
  limit: "a tree within the limits of `stoker help limits`",
};

/** The rule. */
export const rule: Rule<TreeFacts> = {
  id: "STOKER-READ",
  title: "everything can be read",
  severity: "invalid",
  reads: "every entry of the tree; files that rules read",
  isKnownBefore: false,
  why: "A link leads elsewhere on another host, and what cannot be read " +
    "cannot be checked.",
  mend: "Put the file itself there, whole and readable.",
  *check({ unread }) {
    for (const { where, kind, reason } of unread) {
      yield { where, have: reason, need: NEEDS[kind] };
    }
  },
};
