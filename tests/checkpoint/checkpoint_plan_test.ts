import { allRanks } from "../../lib/cluster/ranks.ts";
import { assert, assertEquals } from "@std/assert";
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import type { Workload } from "../../lib/config/workload.ts";
import {
  checkpointProblems,
  hostShift,
  layoutOf,
  planCheckpoints,
} from "../../lib/checkpoint/checkpoint_plan.ts";
import { checkpointTotals } from "../../lib/checkpoint/checkpoint_size.ts";

const STORAGE = { kind: "local_fs", root: "./", options: {} };

function published(name: string, overrides: readonly string[] = []): Workload {
  const path = new URL(`../../workloads/${name}.yaml`, import.meta.url);
  return resolveWorkload({
    yaml: { path: path.pathname, text: Deno.readTextFileSync(path) },
    overrides: parseOverrides(overrides).overrides,
  }, { cpuCount: 2 }).workload;
}

function planOf(workload: Workload, accelerators: number) {
  return planCheckpoints(workload, {
    ranks: allRanks(accelerators),
    hostOfRank: Array.from({ length: accelerators }, () => 0),
    storage: STORAGE,
  });
}

Deno.test("layoutOf() gives the published workloads DLIO's totals", () => {
  const totals: [string, number, number][] = [
    ["llama3_8b", 8, 112_425_623_552],
    ["llama3_70b", 64, 978_406_572_032],
    ["llama3_405b", 512, 5_682_508_791_808],
    ["llama3_1t", 1024, 16_564_174_094_592],
    ["unet3d_h100", 8, 499_153_191],
    ["bert_v100", 8, 4_034_713_312],
  ];
  for (const [name, accelerators, totalBytes] of totals) {
    const layout = layoutOf(published(name), accelerators);
    const found = checkpointTotals(layout, accelerators).totalBytes;
    assertEquals(found, totalBytes, name);
  }
});

Deno.test("layoutOf() names files after framework and container", () => {
  const extension = (name: string, ...overrides: string[]) =>
    layoutOf(published(name, overrides), 1).extension;
  assertEquals(extension("unet3d_h100"), "pt");
  assertEquals(extension("bert_v100"), "pb");
  assertEquals(
    extension("unet3d_h100", "checkpoint.container=safetensors"),
    "safetensors",
  );
});

Deno.test("checkpointProblems() names accelerators that do not divide", () => {
  assertEquals(checkpointProblems(published("llama3_70b"), 64), []);
  const [problem] = checkpointProblems(published("llama3_70b"), 12);
  assert(problem?.includes("multiple of tensor x pipeline = 8"), problem);
});

Deno.test("planCheckpoints() takes the published settings", () => {
  const { plan, warnings } = planOf(published("llama3_8b"), 8);
  assertEquals(warnings, []);
  assertEquals(plan.threadCount, 8);
  assertEquals(plan.fsync, true);
  assertEquals(plan.isRandom, true);
  assertEquals(plan.container, "raw");
  assertEquals(plan.keepCount, null);
  assertEquals(plan.rankShift, 0);
  assertEquals(plan.stepsBetween, 0);
  assertEquals(plan.storage, STORAGE);
});

Deno.test("planCheckpoints() has bounded threads and buffers", () => {
  for (
    const [accelerators, threadCount] of [[1, 1], [8, 8], [64, 8], [
      512,
      6,
    ]] as const
  ) {
    const { plan } = planOf(published("unet3d_h100"), accelerators);
    assertEquals(plan.threadCount, threadCount);
    assertEquals(plan.chunkBytes % 4096, 0);
    assert(plan.chunkBytes >= 4096);
    assert(2 * plan.chunkBytes * plan.threadCount <= 32 * 2 ** 20);
  }
});

Deno.test("planCheckpoints() takes as many threads as it is told", () => {
  const workload = published("llama3_405b", ["checkpoint.threads=64"]);
  assertEquals(planOf(workload, 512).plan.threadCount, 64);
  const { plan } = planOf(workload, 256);
  assertEquals(plan.threadCount, 64);
  assertEquals(plan.chunkBytes, 2 ** 18);
});

Deno.test("planCheckpoints() reads a rank with up to 4 of 8 threads", () => {
  const readersOf = (accelerators: number, ...overrides: string[]) =>
    planOf(
      published("unet3d_h100", [
        "workflow.train=false",
        "checkpoint.num_checkpoints_read=1",
        ...overrides,
      ]),
      accelerators,
    ).plan;
  const found = [1, 2, 3, 4, 8, 9].map((accelerators) => {
    const { readersPerRank, threadCount } = readersOf(accelerators);
    return [readersPerRank, threadCount];
  });
  assertEquals(found, [[4, 4], [4, 8], [2, 6], [2, 8], [1, 8], [1, 8]]);
  const asked = readersOf(8, "checkpoint.read_threads=4");
  assertEquals([asked.readersPerRank, asked.threadCount], [4, 32]);
  assert(2 * asked.chunkBytes * asked.threadCount <= 32 * 2 ** 20);
  // Nothing is loaded then.
  for (
    const override of [
      "workflow.train=true",
      "checkpoint.num_checkpoints_read=0",
    ]
  ) {
    assertEquals(readersOf(1, override).readersPerRank, 1);
  }
});

Deno.test("planCheckpoints() leaves object stores to their requests in flight", () => {
  const workload = published("unet3d_h100", [
    "workflow.train=false",
    "checkpoint.num_checkpoints_read=1",
  ]);
  const { plan } = planCheckpoints(workload, {
    ranks: allRanks(1),
    hostOfRank: [0],
    storage: { ...STORAGE, kind: "s3" },
  });
  assertEquals(plan.readersPerRank, 1);
});

Deno.test("planCheckpoints() says that ranks share threads", () => {
  const { warnings } = planOf(published("unet3d_h100"), 512);
  assertEquals(warnings.length, 1);
  assert(warnings[0]?.includes("512 ranks"), warnings[0]);
});

Deno.test("planCheckpoints() says that a chunk size was too large", () => {
  const workload = published("unet3d_h100", ["checkpoint.chunk_size=256MiB"]);
  const { plan, warnings } = planOf(workload, 4);
  assertEquals(plan.chunkBytes, 16 * 2 ** 20);
  assert(warnings[0]?.includes("checkpoint.chunk_size"), warnings[0]);
});

Deno.test("planCheckpoints() says that a scale is not admissible", () => {
  const workload = published("llama3_8b", ["checkpoint.scale=0.001"]);
  const { plan, warnings } = planOf(workload, 8);
  assertEquals(plan.layout.scale, 0.001);
  assert(warnings[0]?.includes("not admissible"), warnings[0]);
});

Deno.test("planCheckpoints() shifts ranks by those of a host", () => {
  const workload = published("llama3_8b", [
    "checkpoint.recovery_rank_shift=true",
  ]);
  const shiftOf = (...counts: readonly number[]) =>
    planCheckpoints(workload, {
      ranks: allRanks(8),
      hostOfRank: counts.flatMap((count, host) =>
        Array.from({ length: count }, () => host)
      ),
      storage: STORAGE,
    });
  assertEquals(shiftOf(4, 4).plan.rankShift, 4);
  assertEquals(shiftOf(4, 4).warnings, []);
  // 3 ranks go to a host with 3 others or less only by a shift of 3 to 5.
  assertEquals(shiftOf(3, 2, 3).plan.rankShift, 3);
  assertEquals(shiftOf(3, 2, 3).warnings, []);
  // Processes dealt to hosts in turns: a shift by 4 would stay on the host.
  assertEquals(shiftOf(1, 1, 1, 1, 1, 1, 1, 1).plan.rankShift, 1);
  assertEquals(hostShift([0, 1, 0, 1]), { shift: 3, sameHostCount: 0 });
  assertEquals(shiftOf(5, 3).plan.rankShift, 5);
  assert(shiftOf(5, 3).warnings[0]?.includes("2 of 8 ranks"));
  assertEquals(shiftOf(8).plan.rankShift, 0);
  assert(shiftOf(8).warnings[0]?.includes("single host"));
});
