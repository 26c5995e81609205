/**
 * Writes what pages inline as TypeScript modules, since `deno compile` embeds
 * no text files by import: uPlot, and the client script without its comments.
 *
 *    deno run -A scripts/build_page.ts           writes lib/report/html/*_source.ts
 *    deno run -A scripts/build_page.ts --check   compares, exits 1 if one differs
 */
import uplotLicense from "uplot/LICENSE" with { type: "text" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyles from "uplot/dist/uPlot.min.css" with { type: "text" };
import { printProblem } from "./terminal.ts";

const FOLDER = "lib/report/html/";
const CLIENT_PATH = `${FOLDER}client/page.js`;
const LINE_CHARS = 90;

const root = new URL("../", import.meta.url);

interface SourceConstant {
  readonly name: string;
  readonly comment: string;
  readonly text: string;
}

/** A module with texts as constants. */
function moduleText(
  source: string,
  constants: readonly SourceConstant[],
): string {
  const parts = constants.map(({ name, comment, text }) => `
/** ${comment} */
// deno-fmt-ignore
export const ${name} =
${pieces(text).map((piece) => `  ${JSON.stringify(piece)}`).join(" +\n")};
`);
  return `\
/**
 * Generated from ${source}, do not edit.
 * Rebuild: deno run -A scripts/build_page.ts
 */
${parts.join("")}`;
}

function pieces(text: string): string[] {
  const found: string[] = [];
  for (let from = 0; from < text.length; from += LINE_CHARS) {
    found.push(text.slice(from, from + LINE_CHARS));
  }
  return found;
}

/** A script without lines that are comments, and without indentation. */
function stripped(script: string): string {
  return script
    .replaceAll(/^\s*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/gm, "")
    .replaceAll(/^\s*\/\/.*$/gm, "")
    .split("\n").map((line) => line.trim()).filter((line) => line !== "")
    .join("\n") + "\n";
}

const client = await Deno.readTextFile(new URL(CLIENT_PATH, root));
const modules: Readonly<Record<string, string>> = {
  [`${FOLDER}client_source.ts`]: moduleText(CLIENT_PATH, [{
    name: "CLIENT_SCRIPT",
    comment: "The script of pages.",
    text: stripped(client),
  }]),
  [`${FOLDER}uplot_source.ts`]: moduleText("npm:uplot", [
    {
      name: "UPLOT_SCRIPT",
      comment: "https://github.com/leeoniya/uPlot, with its licence (MIT).",
      text: `/*!\n${uplotLicense.trim()}\n*/\n${uplotScript.trim()}\n`,
    },
    {
      name: "UPLOT_STYLES",
      comment: "Its style sheet.",
      text: uplotStyles.trim(),
    },
  ]),
};

let isStale = false;
for (const [path, text] of Object.entries(modules)) {
  const target = new URL(path, root);
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(target, text);
  } else if (await Deno.readTextFile(target) !== text) {
    isStale = true;
    printProblem(
      `Cannot accept ${path} as it must be what its source gives: run deno ` +
        "run -A scripts/build_page.ts",
    );
  }
}
if (isStale) Deno.exit(1);
