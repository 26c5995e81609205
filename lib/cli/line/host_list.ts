/**
 * Lists of hosts as Slurm writes them, see "hostlist expressions" in
 * https://slurm.schedmd.com/scontrol.html:
 *
 *    node[01-03,07],gpu1     node01 node02 node03 node07 gpu1
 *    r[1-2]n[1-2]            r1n1 r1n2 r2n1 r2n2
 */
import { UsageError } from "../../errors.ts";

/** More than any machine room has; keeps a slip of the pen from filling memory. */
const MAX_HOSTS = 100_000;

/** A name: text and brackets in turns. */
const NAME = /^[\w.:-]*(\[[\d,-]+\][\w.:-]*)*$/;

/**
 * The hosts of a list.
 *
 * @param text As it was given to `--hosts`.
 * @returns Their names, in order.
 * @throws {UsageError} If it is no such list, or a host is there twice.
 */
export function parseHostList(text: string): string[] {
  const hosts = new Set<string>();
  // A comma inside brackets separates numbers, not names.
  for (const name of text.split(/,(?![^[]*\])/)) {
    if (name === "" || !NAME.test(name)) {
      throw problem(text, "node[01-16],gpu1");
    }
    for (const host of namesOf(name, text)) {
      if (hosts.has(host)) {
        throw problem(text, `each host once, ${host} is there twice`);
      }
      if (hosts.size === MAX_HOSTS) {
        throw problem(text, `at most ${MAX_HOSTS} hosts`);
      }
      hosts.add(host);
    }
  }
  return [...hosts];
}

/**
 * Number of hosts.
 *
 * @param text Their number, or a list of them.
 * @throws {UsageError} If it is neither.
 */
export function hostCount(text: string): number {
  if (!/^\d+$/.test(text)) return parseHostList(text).length;
  const count = Number(text);
  if (count >= 1 && count <= MAX_HOSTS) return count;
  throw problem(text, `a number from 1 to ${MAX_HOSTS}, or a list of hosts`);
}

/** All names of a name with brackets, those behind counting first. */
function* namesOf(name: string, text: string): Generator<string> {
  const open = name.indexOf("[");
  if (open < 0) {
    yield name;
    return;
  }
  const close = name.indexOf("]", open);
  const front = name.slice(0, open);
  for (const range of name.slice(open + 1, close).split(",")) {
    for (const number of numbersOf(range, text)) {
      for (const rest of namesOf(name.slice(close + 1), text)) {
        yield front + number + rest;
      }
    }
  }
}

/** "07" or "01-03"; leading zeros give the width. */
function* numbersOf(range: string, text: string): Generator<string> {
  const [, from = "", to = from] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  if (from === "" || Number(to) < Number(from)) {
    throw problem(text, `numbers in brackets like [01-16,20], not [${range}]`);
  }
  for (let number = Number(from); number <= Number(to); number++) {
    yield String(number).padStart(from.length, "0");
  }
}

function problem(text: string, rule: string): UsageError {
  return new UsageError(`Cannot use --hosts ${text} as it must be ${rule}`);
}
