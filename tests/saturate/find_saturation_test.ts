/** Tests of lib/saturate/find_saturation.ts and of what it says. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  InterruptedError,
  StokerError,
  TimeLimitError,
} from "../../lib/errors.ts";
import {
  findSaturation,
  type SearchOptions,
} from "../../lib/saturate/find_saturation.ts";
import type { ProbeRun } from "../../lib/saturate/probe.ts";
import {
  answerOf,
  answerText,
  type Saturation,
} from "../../lib/saturate/saturation.ts";
import { saturationHtml } from "../../lib/saturate/saturation_html.ts";
import { saturationJson } from "../../lib/saturate/saturation_json.ts";
import { tableHead, tableLine } from "../../lib/saturate/saturation_table.ts";
import { SEARCH_QUANTITIES } from "../../lib/saturate/search_quantity.ts";

const ACCELERATORS = SEARCH_QUANTITIES.accelerators!;
const THREADS = SEARCH_QUANTITIES.read_threads!;

function probeRun(run: Partial<ProbeRun> = {}): ProbeRun {
  return {
    auPercent: 100,
    steps: 20,
    mibPerSecond: 100,
    latencyP99Ms: 2,
    cpuPercent: 10,
    cpuSecondsPerGb: 0.5,
    memoryPercent: null,
    limit: "storage",
    confidence: 0.9,
    wasCut: false,
    folder: "f",
    ...run,
  };
}

/** Searches a storage that bears a known number of accelerators. */
async function search(
  options: Partial<SearchOptions> & { readonly bears?: number } = {},
): Promise<{ saturation: Saturation; asked: string[] }> {
  const { bears = 5, quantity = ACCELERATORS, ...others } = options;
  const asked: string[] = [];
  const outcome = await findSaturation({
    quantity,
    first: 1,
    max: 64,
    goalPercent: 90,
    maxRuns: 4,
    signal: new AbortController().signal,
    obstacle: () => Promise.resolve(null),
    probe: ({ value, run }) => {
      asked.push(`${value}-${run}`);
      const auPercent = quantity.isLoad
        ? Math.min(99, 90 * (bears + 0.5) / value)
        : Math.min(99, 90 * value / (bears - 0.5));
      const mibPerSecond = Math.min(value, bears) * 100;
      return Promise.resolve(probeRun({ auPercent, mibPerSecond }));
    },
    onPoint: () => Promise.resolve(),
    ...others,
  });
  return {
    asked,
    saturation: {
      workload: "quick",
      quantity,
      accelerators: quantity.isLoad ? null : 2,
      goalPercent: 90,
      first: 1,
      max: null,
      storage: "null",
      dataFolder: "data",
      fromCache: false,
      probeSeconds: 1,
      maxRuns: 4,
      startWallMs: 0,
      outcome,
    },
  };
}

Deno.test("the answer is the most accelerators that meet the goal, measured twice, with its limit", async () => {
  const { saturation, asked } = await search();
  assertEquals(saturation.outcome.end, "boundary");
  assertEquals(answerOf(saturation).value, 5);
  assertEquals(answerOf(saturation).isExact, true);
  // Runs of the second time have numbers of their own.
  assertEquals(asked.slice(-4), ["5-3", "5-4", "6-3", "6-4"]);
  assertEquals(
    answerText(saturation),
    "5 accelerators meet the AU goal of 90.0 % here (AU 99.0 %, 500 MiB/s), " +
      "6 do not (AU 82.5 %, 500 MiB/s): the storage is the limit (90 % sure).",
  );
  const { points, ...json } = saturationJson(saturation);
  assertEquals(
    [json.answer, json.answer_is_exact, json.nearest_missing, json.limit],
    [5, true, 6, "storage"],
  );
  assertEquals((points as unknown[]).length, 6);
  const html = saturationHtml(saturation);
  assertStringIncludes(html, '<figure data-chart="saturate-au">');
  assertStringIncludes(html, "<strong>5</strong> accelerators");
});

Deno.test("the answer over a setting is the least value with which the goal is met", async () => {
  const { saturation } = await search({ quantity: THREADS, bears: 5 });
  assertEquals(answerOf(saturation).value, 5);
  assertEquals(answerOf(saturation).misses?.value, 4);
  assertStringIncludes(
    answerText(saturation),
    "5 reader threads per accelerator are enough for 2 accelerators",
  );
  const none = await search({ quantity: THREADS, bears: 1000, max: 8 });
  assertEquals(answerOf(none.saturation).value, null);
  assertStringIncludes(
    answerText(none.saturation),
    "The most throughput was with 8 reader threads",
  );
});

Deno.test("a search that cannot go on says why: max, dataset, memory, none meets", async () => {
  const max = await search({ bears: 100, max: 6 });
  assertEquals(max.saturation.outcome.end, "max");
  assertStringIncludes(answerText(max.saturation), "6 accelerators meet");

  for (const kind of ["dataset", "memory", "threads"] as const) {
    const { saturation } = await search({
      bears: 100,
      obstacle: (value) =>
        Promise.resolve(
          value > 11 ? { kind, text: `${value} are many` } : null,
        ),
    });
    assertEquals(saturation.outcome.end, kind);
    assertEquals(answerOf(saturation).value, 11);
    assertEquals(answerOf(saturation).isExact, false);
    assertStringIncludes(
      answerText(saturation),
      "; more were not tried: 16 are many.",
    );
  }

  const none = await search({ bears: 0 });
  assertEquals(answerOf(none.saturation).value, null);
  assertStringIncludes(answerText(none.saturation), "Not even 1 accelerator");
});

Deno.test("a search that is stopped keeps the curve so far", async () => {
  for (
    const [reason, end] of [
      [new InterruptedError("Interrupted by SIGINT"), "interrupted"],
      [new TimeLimitError("Stopped by --time-limit 1m"), "time_limit"],
    ] as const
  ) {
    const stop = new AbortController();
    const { saturation } = await search({
      signal: stop.signal,
      probe: ({ value }) => {
        if (value < 4) return Promise.resolve(probeRun());
        stop.abort(reason);
        return Promise.reject(reason);
      },
    });
    const { outcome } = saturation;
    assertEquals([outcome.end, outcome.error], [end, reason]);
    assertEquals(outcome.points.map(({ value }) => value), [1, 2]);
    assertStringIncludes(
      answerText(saturation),
      `2 accelerators meet the AU goal of 90.0 % here (AU 100.0 %, 100 ` +
        `MiB/s). The search did not end: ${reason.message}.`,
    );
  }
  const failed = await search({
    probe: () => Promise.reject(new StokerError("Cannot read it")),
  });
  assertEquals(failed.saturation.outcome.end, "failed");
  assertEquals(answerText(failed.saturation).includes("Cannot read it"), true);
});

Deno.test("runs are repeated until they agree or are far from the goal, with a limit", async () => {
  const runsAt = async (values: readonly number[], maxRuns = 4) => {
    let count = 0;
    await search({
      max: 1,
      maxRuns,
      probe: () => {
        const auPercent = values[count++ % values.length] ?? 0;
        return Promise.resolve(probeRun({ auPercent }));
      },
    });
    // Half of them are the second time.
    return count;
  };
  assertEquals(await search({ max: 1 }).then(({ asked }) => asked.length), 4);
  assertEquals(await runsAt([95, 96]), 2 + 2);
  assertEquals(await runsAt([40, 60]), 2 + 2);
  assertEquals(await runsAt([85, 95]), 4 + 4);
});

Deno.test("the table has columns of the same width from the first line on", () => {
  const head = tableHead(ACCELERATORS);
  const point = {
    value: 128,
    runs: [probeRun(), probeRun()],
    auSpread: 12.3,
    meetsGoal: false,
    ...probeRun({ mibPerSecond: 123456.7, latencyP99Ms: 1234.5 }),
  };
  const line = tableLine(ACCELERATORS, point, false);
  for (const column of ["limit", "goal"]) {
    const at = head.indexOf(column);
    assertEquals(line[at - 1], " ");
    assert(line[at] !== " ", line);
  }
  assertStringIncludes(tableLine(ACCELERATORS, point, true), "measured again");
});
