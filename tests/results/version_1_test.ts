/**
 * Results folders that were written before `format_version` 2 are read as
 * ever: `version_1/` has one that was finished and one of a run that was
 * killed, as Stoker wrote them then.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { summarize } from "../../lib/metrics/summary.ts";
import { totalCacheDrop, totalDevice } from "../../lib/metrics/host_totals.ts";
import { readResults } from "../../lib/results/results_reader.ts";
import { summaryJson } from "../../lib/results/summary_json.ts";

const FOLDER = new URL("./version_1", import.meta.url).pathname;

async function jsonOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${FOLDER}/${path}`));
}

/** What later versions derive in another way from the same facts. */
const DERIVED_ANEW = /_au_|_io_real_/;

Deno.test("a folder of version 1 gives the figures that were written then", async () => {
  const { record, context } = await readResults(`${FOLDER}/finished`);
  const { metric } = summaryJson(summarize(record, context), context);
  const now: Record<string, unknown> = JSON.parse(JSON.stringify(metric));
  const then = (await jsonOf("finished/summary.json")).metric as Record<
    string,
    unknown
  >;
  for (const [key, value] of Object.entries(then)) {
    if (!DERIVED_ANEW.test(key)) assertEquals(now[key], value, key);
  }
  // AU counts the compute that was asked for, a little less than was spent.
  for (const kind of ["train", "eval"]) {
    const key = `${kind}_au_mean_percentage`;
    assert(Number(now[key]) <= Number(then[key]), key);
    assertAlmostEquals(Number(now[key]), Number(then[key]), 5, key);
  }
});

Deno.test("a folder of version 1 has its one host in every phase and worker", async () => {
  const { record } = await readResults(`${FOLDER}/finished`);
  const [host] = record.hosts;
  assertEquals(record.phases.map(({ kind }) => kind), [
    "generate",
    "save_checkpoint",
    "save_checkpoint",
    "train",
    "eval",
  ]);
  const saved = (await jsonOf("finished/stoker.json")).phases as {
    device: unknown;
    cache_drop?: { file_count: number };
  }[];
  for (const [index, phase] of record.phases.entries()) {
    assertEquals(phase.hosts.map((one) => [one.host, one.process]), [
      [host?.hostname, 0],
    ]);
    assertEquals(
      phase.workers.every((worker) => worker.host === host?.hostname),
      true,
    );
    assertEquals(totalDevice(phase), saved[index]?.device);
    assertEquals(
      totalCacheDrop(phase)?.fileCount,
      saved[index]?.cache_drop?.file_count,
    );
    assertEquals(phase.hosts[0]?.cpu.userSeconds, null);
  }
});

Deno.test("a journal of version 1 gives the phases that had ended", async () => {
  const { record } = await readResults(`${FOLDER}/crashed`);
  assertEquals(record.complete, false);
  assertEquals(record.phases.map(({ kind }) => kind), ["generate"]);
  assertEquals(record.phases[0]?.hosts[0]?.host, record.hosts[0]?.hostname);
});
