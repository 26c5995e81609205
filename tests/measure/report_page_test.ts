/** Tests of lib/measure/report_page.ts and rule_judgement.ts. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readHostFacts } from "../../lib/host/host_facts.ts";
import { measureRun } from "../../lib/measure/measured_run.ts";
import type { RunHooks } from "../../lib/engine/run/run_hooks.ts";
import type { ResultContext } from "../../lib/results/result_context.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import {
  inTempFolder,
  quietHooks,
  smallWorkload,
} from "../engine/engine_fixture.ts";
import { CONTEXT } from "../metrics/sample_run.ts";

function measure(
  folder: string,
  hooks: RunHooks,
  context: ResultContext = CONTEXT,
) {
  return measureRun(
    smallWorkload(`${folder}/data`, ["train.epochs=1"]),
    hooks,
    {
      resultsPath: `${folder}/results`,
      accelerators: 1,
      randomSeed: 1,
      context,
      host: readHostFacts(),
      warnings: [],
      onWarning: () => {},
    },
  );
}

Deno.test("a run writes its page beside its other results, with where its files were", async () => {
  await inTempFolder(async (folder) => {
    const { notSaved } = await measure(folder, quietHooks());
    assertEquals(notSaved, null);
    const page = await Deno.readTextFile(`${folder}/results/report.html`);
    assertStringIncludes(page, "<!doctype html>");
    assertStringIncludes(page, "Where the files were");
    const { context } = await readResults(`${folder}/results`);
    const [place] = context.places ?? [];
    assertEquals(place?.role, "dataset");
    assertEquals(place?.path, `${folder}/data`);
    assert(place !== undefined && place.type !== "");
  });
});

Deno.test("a page that cannot be written is told of, and loses nothing else", async () => {
  await inTempFolder(async (folder) => {
    const results = `${folder}/results`;
    const { notSaved, record } = await measure(
      folder,
      quietHooks({
        // A folder in the way of the file, made after the check of names.
        onPhaseEnd: () =>
          Deno.mkdir(`${results}/report.html.partial`, { recursive: true }),
      }),
    );
    assertStringIncludes(notSaved ?? "", "report.html could not be written");
    assertStringIncludes(notSaved ?? "", "stoker.json there has all");
    const saved = await readResults(results);
    assertEquals(saved.record.complete, true);
    assertEquals(saved.record.phases.length, record.phases.length);
    assert((await Deno.stat(`${results}/summary.json`)).isFile);
  });
});
