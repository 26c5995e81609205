/** Results folders of runs, made without running anything. */
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type { ResultContext } from "../../lib/results/result_context.ts";
import { ResultsFolder } from "../../lib/results/results_folder.ts";
import { CONTEXT, sampleRun } from "../metrics/sample_run.ts";

/** What is other than in the sample run. */
export interface SavedFacts {
  readonly record?: Partial<RunRecord>;
  readonly context?: Partial<ResultContext>;
}

/** Saves the sample run as a finished folder. */
export async function saveRun(
  folder: string,
  facts: SavedFacts = {},
): Promise<void> {
  const { record, results } = await begin(folder, facts);
  for (const phase of record.phases) await results.appendPhase(phase);
  await results.finish(record, { "report.txt": "report\n" });
}

/**
 * Leaves what a run that goes on has: a journal that is open.
 *
 * @returns Ends it as a kill would: the journal stays.
 */
export async function beginRun(
  folder: string,
  facts: SavedFacts = {},
): Promise<() => void> {
  const path = `${folder}/stoker.incomplete.jsonl`;
  const { record, results } = await begin(folder, facts);
  for (const phase of record.phases) await results.appendPhase(phase);
  const text = await Deno.readTextFile(path);
  await results.discard();
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, text);
  const file = await Deno.open(path, { write: true });
  return () => file.close();
}

async function begin(folder: string, facts: SavedFacts) {
  const record = sampleRun(facts.record);
  const context = { ...CONTEXT, ...facts.context };
  const results = await ResultsFolder.prepare(folder, {
    head: record,
    context,
  });
  return { record, results };
}

/** Runs a test with a folder of its own. */
export async function withRoot(
  test: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "stoker_history_" });
  try {
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
