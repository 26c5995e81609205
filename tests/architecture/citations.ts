/**
 * What a file may cite: files of the repository and public documents. A
 * reader who has nothing but a clone must be able to open every citation.
 */

/** A document in public, named in the text: its sections may be numbered. */
const PUBLIC_DOCUMENT_REGEXP =
  /\b(RFC|ISO|ITU|W3C|IEEE|POSIX|PKWARE) ?[\w.-]|\bSpecification\b|https?:\/\//;

const URL_REGEXP = /https?:\/\/[^\s)>"'`]+/g;
const MARKDOWN_REGEXP = /[\w./-]*\w\.md\b/g;
/** Source files are cited in backticks; code in a test names others. */
const SOURCE_REGEXP = /`((?:[\w.-]+\/)*\w+\.ts)`/g;
const COMMENT_REGEXP = /^\s*(\/\/|\*|\/\*)/;

/**
 * Citations of a file that nobody can follow.
 *
 * @param path From the project's folder.
 * @param text Its content.
 * @param files All files of the project, from its folder.
 * @returns One sentence per citation, with path and line.
 */
export function citationProblems(
  path: string,
  text: string,
  files: readonly string[],
): string[] {
  const problems: string[] = [];
  const lines = text.split("\n");
  const resolves = (name: string) => {
    const relative = name.replace(/^(\.\.?\/)+/, "");
    return files.some((file) =>
      file === relative || file.endsWith(`/${relative}`)
    );
  };
  lines.forEach((line, index) => {
    const report = (what: string) =>
      problems.push(`${path}:${index + 1}: ${what}`);
    const withoutUrls = line.replaceAll(URL_REGEXP, "");
    for (const [name] of withoutUrls.matchAll(MARKDOWN_REGEXP)) {
      if (!resolves(name)) report(`${name} is not in the project`);
    }
    const isProse = COMMENT_REGEXP.test(line) || path.endsWith(".md");
    for (const [, name] of isProse ? line.matchAll(SOURCE_REGEXP) : []) {
      if (!resolves(name!)) report(`${name} is not in the project`);
    }
    if (/\bquirks? \d/i.test(line)) report("a numbered quirk of no document");
    if (!/\bsections? \d/i.test(line)) return;
    // The document may be named on the line before or after.
    const around = lines.slice(Math.max(0, index - 1), index + 2).join(" ");
    if (!PUBLIC_DOCUMENT_REGEXP.test(around)) {
      report("a numbered section of an unnamed document");
    }
  });
  return problems;
}
