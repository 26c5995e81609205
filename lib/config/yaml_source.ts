/**
 * A workload file: YAML with the sections at the top, or all of them under
 * `workload`, as DLIO saves it.
 */
import { parse } from "@std/yaml";
import { checkExpansion } from "../bytes/yaml_expansion.ts";
import { ConfigError } from "../errors.ts";
import { isPlainMap } from "./layered_values.ts";

/** The text of a workload file. */
export interface YamlText {
  /** What it is called in origins and errors. */
  readonly path: string;
  readonly text: string;
}

/** A workload file, read. */
export interface YamlDocument {
  readonly tree: Readonly<Record<string, unknown>>;
  /** Line number from 1 of a dotted path, null where it is not known. */
  lineOf(path: string): number | null;
}

/**
 * Reads a workload file.
 *
 * Dates stay text (YAML's core schema): no setting is a date.
 *
 * @throws {ConfigError} If it is not YAML, empty, or not a map.
 */
export function parseYaml({ path, text }: YamlText): YamlDocument {
  let root: unknown;
  try {
    root = parse(text, { schema: "core" });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The lines behind the first quote the file, where a secret may stand.
    const reason = error.message.split("\n")[0]!.replace(/:$/, "");
    throw new ConfigError([`Cannot read "${path}" as YAML: ${reason}`]);
  }
  if (root === null || root === undefined) {
    throw new ConfigError([`Cannot use "${path}": it holds no settings`]);
  }
  if (!isPlainMap(root)) {
    const kind = Array.isArray(root) ? "a list" : `the ${typeof root}`;
    throw new ConfigError([
      `Cannot use "${path}": it must be a map of sections, not ${kind}` +
      (Array.isArray(root) ? "" : ` ${JSON.stringify(root)}`),
    ]);
  }
  checkLength(path, root);
  const lines = lineNumbers(text);
  const nested = isPlainMap(root.workload);
  const prefix = nested ? "workload." : "";
  return {
    tree: nested ? withoutWorkloadKey(root) : root,
    lineOf: (each) => nearestLine(lines, `${prefix}${each}`),
  };
}

/** @throws {ConfigError} If written out the file is endless or too long. */
function checkLength(path: string, root: unknown): void {
  try {
    checkExpansion(path, root);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError([error.message]);
  }
}

/** Hydra keeps `workload` beside keys of its own. */
function withoutWorkloadKey(
  root: Record<string, unknown>,
): Record<string, unknown> {
  const { workload, ...beside } = root;
  return { ...beside, ...workload as Record<string, unknown> };
}

/**
 * Line of every key in block style, by indentation. Flow style, anchors and
 * block texts are not followed: their keys get the line of the key above.
 */
function lineNumbers(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const parents: { readonly indent: number; readonly path: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const match = /^( *)["']?([\w.-]+)["']?\s*:(\s|$)/.exec(line);
    if (match === null) continue;
    const indent = match[1]!.length;
    while (parents.length > 0 && parents.at(-1)!.indent >= indent) {
      parents.pop();
    }
    const parent = parents.at(-1);
    const path = parent === undefined
      ? match[2]!
      : `${parent.path}.${match[2]}`;
    parents.push({ indent, path });
    lines.set(path, index + 1);
  }
  return lines;
}

function nearestLine(
  lines: ReadonlyMap<string, number>,
  path: string,
): number | null {
  let end = path.length;
  while (end > 0) {
    const line = lines.get(path.slice(0, end));
    if (line !== undefined) return line;
    end = path.lastIndexOf(".", end - 1);
  }
  return null;
}
