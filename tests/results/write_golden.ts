/** Writes the files of `golden/` anew. */
import { GOLDEN_FOLDER, renderedFiles } from "./golden_files.ts";
import { GOLDEN_RUNS } from "./golden_runs.ts";

for (const [run, record] of GOLDEN_RUNS) {
  const folder = new URL(`${run}/`, GOLDEN_FOLDER);
  Deno.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(renderedFiles(record))) {
    Deno.writeTextFileSync(new URL(name, folder), text);
  }
}
