/**
 * `stoker validate`: what a result may be submitted as, and why not.
 */
import { UsageError } from "../../errors.ts";
import { writePieces } from "../../results/results_file.ts";
import { editionOf, NEWEST_EDITION } from "../../rules/editions.ts";
import { validationHtml } from "../../rules/report/validation_html.ts";
import {
  exitCodeOf,
  validationJson,
} from "../../rules/report/validation_json.ts";
import { validationText } from "../../rules/report/validation_text.ts";
import { validate } from "../../rules/validate.ts";
import type { Command } from "../line/command.ts";

/** The command. */
export const command: Command = {
  summary: "whether results keep the benchmark's rules",
  usage: "PATH [--rules EDITION] [--json] [--html FILE]",
  details: `\
PATH is a results folder of Stoker or DLIO, a folder that holds several, or a
submission tree in the field's layout (closed/, open/). Says of each run and of
the whole whether it is CLOSED, OPEN or INVALID, and of each finding what is
there, what is needed, why, and how to mend it. Ends with 3 if it is invalid.
What a rule needs and is not there is UNCHECKED. Files are only read; links are
not followed. --html writes one page and replaces what is there. See
\`stoker help rules\`.`,
  flags: ["rules", "json", "html"],
  maxWords: 1,
  takesOverrides: false,
  completes: "folders",
  examples: [
    { line: "validate results/unet3d", shows: "a run or a series of runs" },
    {
      line: "validate submission --html found.html",
      shows: "a submission tree, as a page too",
    },
  ],
  async run({ words, flags }, { console }) {
    const [path] = words;
    if (path === undefined) {
      throw new UsageError(
        "Cannot validate as there must be a path: stoker validate PATH",
      );
    }
    const edition = flags.rules === null
      ? NEWEST_EDITION
      : editionOf(flags.rules);
    const validation = await validate(path, edition);
    if (flags.html !== null) {
      writePieces(flags.html, validationHtml(validation));
    }
    console.print(
      flags.json
        ? JSON.stringify(validationJson(validation), null, 2)
        : validationText(validation),
    );
    return exitCodeOf(validation);
  },
};
