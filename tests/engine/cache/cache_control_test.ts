/**
 * Tests of lib/engine/cache/cache_control.ts: when files are dropped, which ones,
 * and what a run then reads from the device.
 */
import {
  totalCacheDrop,
  totalDevice,
} from "../../../lib/metrics/host_totals.ts";
import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
} from "@std/assert";
import { PageCache } from "../../../lib/host/page_cache.ts";
import { cacheTruth, cacheWarning } from "../../../lib/metrics/cache_truth.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { printLine } from "../../../scripts/terminal.ts";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

/** Whether files in temporary folders are on a device at all. */
function tempIsOnDevice(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, new Uint8Array(1 << 16));
    const { value: cache } = PageCache.connect();
    if (cache === null || cache.drop([path], true) !== null) return false;
    return cache.residentBytes(path).value === 0;
  } finally {
    Deno.removeSync(path);
  }
}

const ignore = !tempIsOnDevice();
if (ignore) {
  printLine("drop tests skipped: temporary files are on no device");
}
const SIZES = [
  "dataset.record_length_bytes=262144",
  "workflow.evaluation=true",
];

async function phasesOf(
  folder: string,
  overrides: readonly string[],
): Promise<readonly PhaseRecord[]> {
  const workload = smallWorkload(folder, [...SIZES, ...overrides]);
  const { phases, error } = await runSmall(workload);
  if (error !== null) throw error;
  return phases;
}

function hits(phases: readonly PhaseRecord[], kind: string): number {
  const truth = cacheTruth(phases.filter((phase) => phase.kind === kind));
  assert(truth.hitFraction !== null);
  return truth.hitFraction;
}

/** Empty if there is none. */
function warning(
  phases: readonly PhaseRecord[],
  kind: "train" | "eval",
): string {
  const ofKind = phases.filter((phase) => phase.kind === kind);
  return cacheWarning(kind, cacheTruth(ofKind)) ?? "";
}

Deno.test({
  name: "a run on cached files, with O_DIRECT and with drops reports the truth",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      await phasesOf(folder, ["workflow.train=false"]);
      const only = ["workflow.generate_data=false"];
      const cached = await phasesOf(folder, only);
      assertGreaterOrEqual(hits(cached, "train"), 0.95);
      assertMatch(warning(cached, "train"), /^Training took .*memory/);
      assertMatch(warning(cached, "eval"), /^Evaluation took .*memory/);
      assertEquals(cached.some((phase) => totalCacheDrop(phase)), false);

      const dropped = await phasesOf(folder, [
        ...only,
        "storage.drop_caches=before_epoch",
      ]);
      assertLess(hits(dropped, "train"), 0.02);
      assertLess(hits(dropped, "eval"), 0.02);
      assertEquals(warning(dropped, "train"), "");
      // Nothing that root alone may do: any user comes that far.
      for (const phase of dropped) {
        const cacheDrop = totalCacheDrop(phase);
        if (cacheDrop === null) continue;
        assertEquals(cacheDrop.methods, ["posix_fadvise"]);
        assertEquals(cacheDrop.residentBytesAfter, 0);
      }

      await phasesOf(folder, only);
      const direct = await phasesOf(folder, [...only, "reader.odirect=true"]);
      assertEquals(hits(direct, "train"), 0);
      assertEquals(warning(direct, "train"), "");
    }),
});

Deno.test({
  name: "drop_caches=before_epoch drops once per epoch, before its first phase",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const phases = await phasesOf(folder, [
        "storage.drop_caches=before-epoch",
      ]);
      assertEquals(
        phases.map((phase) => [
          phase.kind,
          totalCacheDrop(phase)?.fileCount,
        ]),
        [
          ["generate", undefined],
          ["train", 16],
          ["eval", undefined],
          ["train", 16],
          ["eval", undefined],
        ],
      );
      const drop = phases[1]?.hosts[0]?.cacheDrop;
      assertEquals(drop?.methods, ["posix_fadvise"]);
      assertEquals(drop?.residentBytesAfter, 0);
      assertEquals(drop?.problem, null);
      assertGreaterOrEqual(drop?.residentBytesBefore ?? 0, 16 * 262144);
    }),
});

Deno.test({
  name: "drop_caches=before_phase drops before evaluations too",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const phases = await phasesOf(folder, [
        "storage.drop_caches=before_phase",
      ]);
      assertEquals(
        phases.filter((phase) => totalCacheDrop(phase)).map(({ kind }) => kind),
        ["train", "eval", "train", "eval"],
      );
    }),
});

Deno.test({
  name: "drop_caches drops the companions of an indexed_binary dataset",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const phases = await phasesOf(folder, [
        "dataset.format=indexed_binary",
        "storage.drop_caches=before_epoch",
      ]);
      const files = new Set(
        [...Deno.readDirSync(`${folder}/train`)].map(({ name }) => name),
      );
      const evalFiles = [...Deno.readDirSync(`${folder}/valid`)].length;
      assertEquals(
        phases.find(({ kind }) => kind === "train")?.hosts[0]?.cacheDrop
          ?.fileCount,
        files.size + evalFiles,
      );
    }),
});

Deno.test({
  name:
    "a checkpoint that was just saved is loaded from the device when dropped",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const settings = [
        "workflow.generate_data=false",
        "workflow.train=false",
        "workflow.checkpoint=true",
        "model.model_size_bytes=1048576",
        `checkpoint.checkpoint_folder=${folder}/c`,
        "checkpoint.num_checkpoints_write=1",
        "checkpoint.num_checkpoints_read=1",
        "workflow.evaluation=false",
      ];
      const cached = await phasesOf(folder, settings);
      assertGreaterOrEqual(hits(cached, "load_checkpoint"), 0.95);
      const dropped = await phasesOf(folder, [
        ...settings,
        "storage.drop_caches=before_epoch",
      ]);
      assertLess(hits(dropped, "load_checkpoint"), 0.02);
      const drops = dropped.map(({ kind, hosts }) => [
        kind,
        hosts[0]?.cacheDrop?.residentBytesAfter,
      ]);
      assertEquals(drops, [
        ["save_checkpoint", undefined],
        ["load_checkpoint", 0],
      ]);
      const direct = await phasesOf(folder, [
        ...settings,
        "reader.odirect=true",
      ]);
      assertEquals(hits(direct, "load_checkpoint"), 0);
      assertEquals(hits(direct, "save_checkpoint"), 0);
    }),
});

Deno.test({
  name:
    "checkpoints between steps know what reached the device, and readers too",
  ignore,
  fn: () =>
    inTempFolder(async (folder) => {
      const phases = await phasesOf(folder, [
        "storage.drop_caches=before_epoch",
        "workflow.checkpoint=true",
        "model.model_size_bytes=1048576",
        `checkpoint.checkpoint_folder=${folder}/c`,
        "checkpoint.steps_between_checkpoints=2",
      ]);
      const saves = phases.filter(({ kind }) => kind === "save_checkpoint");
      assertGreaterOrEqual(saves.length, 2);
      for (const save of saves) {
        const { bytesRequested } = save;
        const device = totalDevice(save);
        assertMatch(device.source, /^.proc.thread-self.io write_bytes/);
        // Training reads 4 MiB meanwhile; metadata takes some pages.
        assertGreaterOrEqual(device.bytes ?? 0, bytesRequested);
        assertLess(device.bytes ?? Infinity, bytesRequested + 2 ** 18);
      }
      const train = phases.filter(({ kind }) => kind === "train");
      assertGreaterOrEqual(train.length, 1);
      for (const { workers } of train) {
        for (const { role, bytes, deviceReadBytes } of workers) {
          if (role !== "reader") continue;
          assertGreaterOrEqual(deviceReadBytes ?? 0, bytes);
        }
      }
      const cached = await phasesOf(folder, ["workflow.generate_data=false"]);
      const eachReader = cached.filter(({ kind }) => kind === "train")
        .flatMap(({ workers }) => workers)
        .filter(({ role }) => role === "reader");
      assertLess(
        eachReader.reduce((sum, one) => sum + (one.deviceReadBytes ?? NaN), 0),
        0.05 * eachReader.reduce((sum, { bytes }) => sum + bytes, 0),
      );
    }),
});
