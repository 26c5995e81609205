/**
 * Pages for the browser suite: of runs that are measured now, of a run that
 * was cut short, of results of version 1, and one full of hostile texts.
 */
import { summarize } from "../../lib/metrics/summary.ts";
import { reportHtml } from "../../lib/report/html/page.ts";
import type { SavedRun } from "../../lib/results/results_reader.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { CONTEXT } from "../../tests/metrics/sample_run.ts";
import { GOLDEN_RUNS } from "../../tests/results/golden_runs.ts";

/** A text that would act if anything let it. */
const HOSTILE =
  `"'></script><script>document.title="broken"</script><img src="http://127.0.0.1:9/x">`;

const VERSION_1 = new URL("../../tests/results/version_1/", import.meta.url);
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Settings of a run that lasts some seconds, so that it has series. */
const RUN_SETTINGS = [
  "dataset.num_files_train=64",
  "dataset.record_length_bytes=65536",
  "reader.batch_size=1",
  "train.epochs=2",
  "train.computation_time=0.06",
  "workflow.evaluation=false",
  "workflow.checkpoint=true",
  "checkpoint.epochs_between_checkpoints=1",
  "model.model_size_bytes=4194304",
];

/**
 * Writes the pages.
 *
 * @param folder Where they go.
 * @returns Name to path.
 * @throws {Error} If the run fails.
 */
export async function writePages(
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  const results = `${folder}/results`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      MAIN,
      "run",
      "-q",
      "--data",
      `${folder}/data`,
      "--checkpoints",
      `${folder}/checkpoints`,
      "--results",
      results,
      ...RUN_SETTINGS,
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  pages.set("a run", `${results}/report.html`);
  const put = (name: string, saved: SavedRun) => {
    const path = `${folder}/${name.replaceAll(" ", "_")}.html`;
    const summary = summarize(saved.record, saved.context);
    Deno.writeTextFileSync(path, reportHtml(saved, summary));
    pages.set(name, path);
  };
  for (const name of ["every_kind", "cut_short", "checkpoints"]) {
    put(name, { record: GOLDEN_RUNS.get(name)!, context: CONTEXT });
  }
  for (const name of ["finished", "crashed"]) {
    const path = new URL(name, VERSION_1).pathname;
    put(`version 1 ${name}`, await readResults(path));
  }
  const record = GOLDEN_RUNS.get("every_kind")!;
  put("hostile texts", {
    record: { ...record, warnings: [HOSTILE], failure: HOSTILE },
    context: {
      ...CONTEXT,
      label: HOSTILE,
      modelName: HOSTILE,
      commandLine: ["run", HOSTILE],
      settings: { [HOSTILE]: { value: HOSTILE, origin: HOSTILE } },
    },
  });
  return pages;
}
