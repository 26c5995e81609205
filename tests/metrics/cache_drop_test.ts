/** Tests of lib/metrics/cache_drop.ts and of its way through files. */
import { assert, assertEquals } from "@std/assert";
import {
  cacheDropText,
  cacheDropTotals,
  cacheDropWarnings,
} from "../../lib/metrics/cache_drop.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import type { CacheDrop, PhaseRecord } from "../../lib/metrics/run_record.ts";

import { hostsOf } from "./sample_run.ts";

const DROP: CacheDrop = {
  methods: ["posix_fadvise"],
  fileCount: 68,
  sampledFiles: 64,
  residentBytesBefore: 2 ** 20,
  residentBytesAfter: 0,
  durationSeconds: 0.25,
  problem: null,
};

function phase(cacheDrop?: CacheDrop): PhaseRecord {
  const moment = { wallMs: 0, atSeconds: 0 };
  return {
    kind: "train",
    epoch: 1,
    checkpoint: 0,
    start: moment,
    end: moment,
    durationSeconds: 1,
    batchSize: 1,
    plannedSteps: 0,
    ranks: [],
    workers: [],
    latencies: {},
    bytesRequested: 0,
    hosts: hostsOf(
      { bytes: 0, source: "" },
      cacheDrop === undefined ? {} : { cacheDrop },
    ),
    complete: true,
  };
}

function textOf(phases: readonly PhaseRecord[]): string {
  const totals = cacheDropTotals(phases);
  assert(totals !== null);
  return cacheDropText(totals);
}

Deno.test("cacheDropTotals() is null where nothing was to be dropped", () => {
  assertEquals(cacheDropTotals([phase()]), null);
});

Deno.test("cacheDropText() says how often, by what and whether it worked", () => {
  assertEquals(
    textOf([phase(DROP), phase(), phase(DROP)]),
    "before 2 of 3 phases by posix_fadvise, 0.50 s: memory held 2.00 MiB " +
      "before and 0 B after in the 128 of 136 files looked at",
  );
  const both = ["posix_fadvise", "drop_caches"];
  assertEquals(
    textOf([
      phase({ ...DROP, methods: both, residentBytesAfter: null }),
    ]),
    "before 1 of 1 phases by posix_fadvise, then drop_caches, 0.25 s: what " +
      "memory held is not known",
  );
});

Deno.test("cacheDropWarnings() gives each reason once, with its count", () => {
  const failed = { ...DROP, problem: "8192 bytes are still cached" };
  assertEquals(cacheDropWarnings([phase(), phase(DROP)]), []);
  assertEquals(cacheDropWarnings([phase(failed), phase(failed)]), [
    "The page cache may still hold files before 2 phases: 8192 bytes " +
    "are still cached",
  ]);
});

Deno.test("a phase keeps what was dropped through stoker.json", () => {
  for (const record of [phase(), phase(DROP)]) {
    const text = JSON.stringify(phaseToPlain(record));
    assertEquals(phaseFromPlain(JSON.parse(text)), record);
  }
});
