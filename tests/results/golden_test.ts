/**
 * The bytes of `summary.json`, `report.txt`, the metric block and `dlio.log`:
 * scripts of others read them, so that no change of the program may change
 * them by the way.
 */
import { assertEquals } from "@std/assert";
import { GOLDEN_FOLDER, renderedFiles } from "./golden_files.ts";
import { GOLDEN_RUNS } from "./golden_runs.ts";

for (const [run, record] of GOLDEN_RUNS) {
  Deno.test(`the results of the run "${run}" are its golden files`, () => {
    for (const [name, text] of Object.entries(renderedFiles(record))) {
      const path = new URL(`${run}/${name}`, GOLDEN_FOLDER);
      assertEquals(text, Deno.readTextFileSync(path), `${run}/${name}`);
    }
  });
}
