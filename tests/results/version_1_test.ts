/**
 * Results folders that were written before `format_version` 2 are read as
 * ever: `version_1/` has one that was finished and one of a run that was
 * killed, as Stoker wrote them then.
 */
import { assertEquals } from "@std/assert";
import { summarize } from "../../lib/metrics/summary.ts";
import { totalCacheDrop, totalDevice } from "../../lib/metrics/host_totals.ts";
import { readResults } from "../../lib/results/results_reader.ts";

const FOLDER = new URL("./version_1", import.meta.url).pathname;

async function jsonOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(`${FOLDER}/${path}`));
}

Deno.test("a folder of version 1 gives the summary that was written then", async () => {
  const { record, context } = await readResults(`${FOLDER}/finished`);
  assertEquals(
    JSON.parse(JSON.stringify(summarize(record, context))),
    await jsonOf("finished/summary.json"),
  );
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
