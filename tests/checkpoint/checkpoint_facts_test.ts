import { assert, assertEquals } from "@std/assert";
import { parseOverrides } from "../../lib/config/overrides.ts";
import { resolveWorkload } from "../../lib/config/resolve.ts";
import { checkpointFacts } from "../../lib/checkpoint/checkpoint_facts.ts";
import type { CheckpointFacts } from "../../lib/checkpoint/checkpoint_facts.ts";

function factsOf(
  name: string,
  accelerators: number,
  overrides: readonly string[] = [],
): CheckpointFacts {
  const facts = checkpointFacts(workloadOf(name, overrides), accelerators);
  if (!("fileCount" in facts)) throw new Error(facts.join("; "));
  return facts;
}

function workloadOf(name: string, overrides: readonly string[]) {
  const path = new URL(`../../workloads/${name}.yaml`, import.meta.url);
  return resolveWorkload({
    yaml: { path: path.pathname, text: Deno.readTextFileSync(path) },
    overrides: parseOverrides(overrides).overrides,
  }, { cpuCount: 2 }).workload;
}

Deno.test("checkpointFacts() of llama3_405b are those of DLIO", () => {
  const facts = factsOf("llama3_405b", 512);
  assertEquals(facts.parameterCount, 405_853_388_800);
  assertEquals(facts.totalBytes, 5_682_508_791_808);
  assertEquals(facts.fileCount, 1544);
  assertEquals(facts.rankFilesMax, 6);
  assertEquals(facts.parallelism, {
    tensor: 8,
    pipeline: 32,
    data: 2,
    zeroStage: 1,
  });
  assertEquals(facts.writeCount, 10);
  assertEquals(facts.storedBytes, 10 * facts.totalBytes);
});

Deno.test("checkpointFacts() count what stays with keep_checkpoints", () => {
  const facts = factsOf("llama3_8b", 8, [
    "checkpoint.num_checkpoints_read=2",
    "checkpoint.keep_checkpoints=2",
  ]);
  // The third is written before the first goes.
  assertEquals(facts.storedBytes, 3 * facts.totalBytes);
});

Deno.test("checkpointFacts() count the headers of a container", () => {
  const facts = factsOf("llama3_8b", 8, [
    "checkpoint.container=safetensors",
    "checkpoint.num_checkpoints_write=1",
    "checkpoint.num_checkpoints_read=1",
  ]);
  const headerBytes = (facts.storedBytes ?? 0) - facts.totalBytes;
  assert(headerBytes >= 16 * 4096, String(headerBytes));
  assertEquals(headerBytes % 4096, 0);
});

Deno.test("checkpointFacts() need little memory whatever the model", () => {
  for (
    const [name, accelerators] of [["llama3_1t", 1024], [
      "unet3d_h100",
      1,
    ]] as const
  ) {
    assert(factsOf(name, accelerators).bufferBytes <= 128 * 2 ** 20);
  }
});

Deno.test("checkpointFacts() do not know how often training saves", () => {
  const facts = factsOf("unet3d_h100", 8);
  assertEquals(facts.writeCount, null);
  assertEquals(facts.storedBytes, null);
  assertEquals(facts.totalBytes, 499_153_191);
});

Deno.test("checkpointFacts() are problems where nothing fits", () => {
  const facts = checkpointFacts(workloadOf("llama3_70b", []), 12);
  assert(Array.isArray(facts) && facts.length === 1);
});
