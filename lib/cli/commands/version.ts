/**
 * `stoker version`: which Stoker, on which Deno.
 */
import { EXIT_DONE } from "../../errors.ts";
import type { Command } from "../line/command.ts";
import { STOKER_VERSION } from "../version.ts";

/** The command. */
export const command: Command = {
  summary: "Stoker's version and that of the runtime inside",
  usage: "[--json]",
  details: "Prints one line, or an object with --json.",
  flags: ["json"],
  maxWords: 0,
  takesOverrides: false,
  examples: [
    { line: "version", shows: "of Stoker and of the runtime inside" },
  ],
  run({ flags }, { console }) {
    const versions = {
      stoker: STOKER_VERSION,
      deno: Deno.version.deno,
      platform: `${Deno.build.os}-${Deno.build.arch}`,
    };
    console.print(
      flags.json
        ? JSON.stringify(versions)
        : `stoker ${versions.stoker} (deno ${versions.deno}, ${versions.platform})`,
    );
    return EXIT_DONE;
  },
};
