/**
 * Rules that a source file's text can break, beyond what `deno lint` sees.
 *
 * The text is formatted by `deno fmt`, so indentation tells where a function
 * ends.
 */

/** Most lines of a file. */
export const MAX_FILE_LINES = 500;
/** Most lines of a function, its first and last line included. */
export const MAX_FUNCTION_LINES = 70;

/** A name that may appear only in some files. */
interface BoundName {
  readonly name: RegExp;
  readonly text: string;
  readonly allowed: RegExp;
}

const BOUND_NAMES: readonly BoundName[] = [
  {
    name: /\bDeno\.(env|args)\b/,
    text: "Deno.env and Deno.args",
    allowed: /^lib\/cli\//,
  },
  {
    // Stoker's own Console says print, say, detail, warn and fail.
    name: /(?<!\.)\bconsole\.(log|info|error|debug|table|dir|trace|time)\b/,
    text: "the global console",
    allowed: /^lib\/cli\/console\.ts$/,
  },
  {
    name: /\bDeno\.dlopen\b/,
    text: "Deno.dlopen",
    allowed: /^lib\/libc\/libc\.ts$/,
  },
  {
    name: /\bDeno\.(stdout|stderr)\b/,
    text: "Deno.stdout and Deno.stderr",
    allowed: /^lib\/cli\/console\.ts$/,
  },
  {
    // A kind of phase is asked for its traits, so that a new one is a row.
    name:
      /\bkind\)? [!=]== "(generate|verify|train|eval|(save|load)_checkpoint)"/,
    text: "the name of a kind of phase where PHASE_KINDS has traits",
    allowed: /^scripts\//,
  },
];

/** Lines that no file has, each with the reason. */
const BANNED_LINES: readonly (readonly [RegExp, string])[] = [
  [/^\s*export default\b/, "a default export: names are the same everywhere"],
  [/^\s*(export )?(declare )?(const )?enum\s/, "an enum: use a union of texts"],
  [
    /^\s*(private|protected) (?!constructor)/,
    "a private keyword: use a #field",
  ],
  [/\b(TODO|FIXME|XXX)\b/, "a note of unfinished work"],
  [/(:|<|\bas|=>)\s*any\b/, "any: say what it is"],
  [/@ts-ignore|@ts-nocheck/, "a switched-off type check"],
];

/** Modules that threads load, each of them once for itself. */
const THREAD_PATH_REGEXP =
  /^lib\/((bytes|checkpoint|cluster|engine|formats|host|libc|metrics|random|sampling|storage)\/|\w+\.ts$)/;
/** V8 keeps a source with one of these with two bytes for each character. */
const BEYOND_LATIN1_REGEXP = /[^\0-\xff]/;

/** File names that say nothing. */
const VAGUE_NAME_REGEXP = /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/;

/** Whether a file is generated, types only, or AssemblyScript. */
export function isExempt(path: string): boolean {
  return path.endsWith("_wasm.ts") || path.endsWith("_source.ts") &&
      path.startsWith("lib/report/html/") ||
    path.endsWith(".d.ts") ||
    path.includes("/wasm/");
}

/**
 * What is wrong with a source file of `lib/`, `scripts/` or `main.ts`.
 *
 * @param path From the project's folder.
 * @param text Its content.
 * @returns One sentence per broken rule, with path and line.
 */
export function sourceProblems(path: string, text: string): string[] {
  const lines = text.split("\n");
  const problems: string[] = [];
  if (VAGUE_NAME_REGEXP.test(path)) problems.push(`${path}: a vague name`);
  if (lines.length - 1 > MAX_FILE_LINES) {
    problems.push(
      `${path}: ${lines.length - 1} lines, limit ${MAX_FILE_LINES}`,
    );
  }
  if (!text.startsWith("/**")) {
    problems.push(`${path}: does not open with a header comment`);
  }
  lines.forEach((line, index) => {
    const place = `${path}:${index + 1}`;
    for (const [pattern, reason] of BANNED_LINES) {
      // A comment may well speak of any number of things.
      const isProse = pattern.source.includes("any") && isComment(line);
      if (pattern.test(line) && !isProse) problems.push(`${place}: ${reason}`);
    }
    for (const { name, text, allowed } of BOUND_NAMES) {
      if (path.startsWith("scripts/") || allowed.test(path)) continue;
      if (!isComment(line) && name.test(line)) {
        problems.push(`${place}: ${text} may not be used here`);
      }
    }
    if (THREAD_PATH_REGEXP.test(path) && BEYOND_LATIN1_REGEXP.test(line)) {
      problems.push(
        `${place}: a character beyond Latin-1, which doubles what the file ` +
          "takes in every thread",
      );
    }
    if (isUndocumentedExport(lines, index)) {
      problems.push(`${place}: an export without a doc comment`);
    }
  });
  problems.push(...longFunctions(path, lines));
  return problems;
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\*|\/\*)/.test(line);
}

const EXPORT_REGEXP =
  /^export (declare )?(async )?(abstract )?(const|let|function|class|interface|type)\b/;

function isUndocumentedExport(
  lines: readonly string[],
  index: number,
): boolean {
  const line = lines[index]!;
  if (!EXPORT_REGEXP.test(line)) return false;
  // An overload's later signatures share the first one's comment.
  const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1];
  const isLaterOverload = name !== undefined &&
    lines.slice(0, index).some((earlier) =>
      new RegExp(`^export (async )?function\\*? ${name}\\b`).test(earlier)
    );
  if (isLaterOverload) return false;
  let above = index - 1;
  while (/^\/\/ deno-(lint|fmt)-ignore/.test(lines[above] ?? "")) above -= 1;
  return !(lines[above] ?? "").trimEnd().endsWith("*/");
}

/** A function's or method's first line; arrows count when they have a body. */
const FUNCTION_REGEXP =
  /^\s*(export )?(static )?(async )?(function\b|\*?(get |set )?#?\w+\(|const \w+ = (async )?(\(|\w+ =>))/;
/** The same shape, but no function. */
const STATEMENT_REGEXP =
  /^\s*(if|for|while|switch|return|catch|throw|new|await|super)\b/;

function longFunctions(path: string, lines: readonly string[]): string[] {
  const problems: string[] = [];
  lines.forEach((line, index) => {
    if (!FUNCTION_REGEXP.test(line) || STATEMENT_REGEXP.test(line)) return;
    const indent = /^\s*/.exec(line)![0];
    const endsBlock = new RegExp(`^${indent}\\}`);
    const endsOther = new RegExp(`^${indent}[^\\s})\\]]`);
    for (let end = index + 1; end < lines.length; end++) {
      const last = lines[end]!;
      // A statement at the same depth: what began was no body.
      if (endsOther.test(last)) return;
      if (!endsBlock.test(last)) continue;
      // "}: Options): Result {" only ends the parameters.
      if (last.trimEnd().endsWith("{")) continue;
      const count = end - index + 1;
      if (count > MAX_FUNCTION_LINES) {
        problems.push(
          `${path}:${
            index + 1
          }: a function of ${count} lines, limit ${MAX_FUNCTION_LINES}`,
        );
      }
      return;
    }
  });
  return problems;
}
