/** Tests of lib/cli/facts/datasize_facts.ts. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  datasizeFacts,
  type DatasizeQuestion,
  datasizeText,
} from "../../../lib/cli/facts/datasize_facts.ts";
import { ConfigError, UsageError } from "../../../lib/errors.ts";
import type { SpaceOf } from "../../../lib/engine/run/room_check.ts";
import { builtIn } from "../built_in.ts";

const GIB = 2 ** 30;
const unknown: SpaceOf = () => null;

function factsOf(
  name: string,
  question: Partial<DatasizeQuestion> = {},
  overrides: readonly string[] = [],
) {
  return datasizeFacts(builtIn(name, overrides), {
    name,
    accelerators: null,
    defaultAccelerators: 1,
    hosts: 1,
    hostMemoryBytes: 64 * GIB,
    ...question,
  });
}

Deno.test("datasizeFacts() of MLPerf's models are those of DLIO", () => {
  for (
    const [name, accelerators, totalBytes] of [
      ["llama3_8b", 8, 112_425_623_552],
      ["llama3_70b", 64, 978_406_572_032],
      ["llama3_405b", 512, 5_682_508_791_808],
      ["llama3_1t", 1024, 16_564_174_094_592],
    ] as const
  ) {
    const facts = factsOf(name);
    assertEquals(facts.accelerators, accelerators, name);
    assertEquals(facts.checkpoint?.totalBytes, totalBytes, name);
    assertEquals(facts.training, null, name);
  }
});

Deno.test("datasizeFacts() of a workload that does both has both", () => {
  const facts = factsOf("unet3d_h100", { accelerators: 4 });
  assertEquals(facts.training?.fileCount, 500 * 4 * 7);
  assertEquals(facts.checkpoint?.totalBytes, 499_153_191);
  assertEquals(facts.acceleratorsReason, null);
});

Deno.test("datasizeFacts() take an accelerator per host by default", () => {
  const facts = factsOf("resnet50_h100", { hosts: 3 });
  assertEquals(facts.accelerators, 3);
  assert(facts.acceleratorsReason !== null);
});

Deno.test("datasizeFacts() compare a host's part with its memory", () => {
  const one = factsOf("llama3_8b").checkpoint;
  const two = factsOf("llama3_8b", { hosts: 2 }).checkpoint;
  assertEquals(one?.hostBytes, one?.totalBytes);
  assertEquals(two?.hostBytes, 112_425_623_552 / 2);
  assertEquals([one?.fitsInMemory, two?.fitsInMemory], [false, true]);
  // Three hosts: 3, 3 and 2 of the 8 ranks, which are alike.
  const three = factsOf("llama3_8b", { hosts: 3 }).checkpoint;
  assertEquals(three?.hostBytes, 112_425_623_552 / 8 * 3);
});

Deno.test("datasizeFacts() refuse what cannot be spread", () => {
  assertThrows(
    () => factsOf("llama3_70b", { accelerators: 12 }),
    ConfigError,
    "multiple of tensor x pipeline = 8",
  );
  assertThrows(
    () => factsOf("llama3_8b", { accelerators: 2, hosts: 3 }),
    UsageError,
    "Cannot use --hosts 3 with 2 accelerators",
  );
});

Deno.test("datasizeText() lists model, optimizer, ranks and memory", () => {
  const lines = datasizeText(factsOf("llama3_405b"), unknown).split("\n");
  const textOf = (name: string) =>
    lines.find((line) => line.startsWith(name))?.slice(14);
  assertEquals(
    textOf("Parallelism"),
    "tensor 8 x pipeline 32 x data 2, ZeRO 1",
  );
  assertEquals(textOf("Optimizer"), "4536.234 GiB (4870743982080 bytes)");
  assertEquals(
    textOf("Checkpoint"),
    "5292.249 GiB (5682508791808 bytes) in 1544 files",
  );
  assert(textOf("Per rank")?.startsWith("at most 12.318 GiB (13226441600 "));
  assert(textOf("Memory")?.includes("of buffers in"));
});

Deno.test("datasizeText() says that a scaled checkpoint is not real", () => {
  const overrides = ["checkpoint.scale=0.001"];
  const text = datasizeText(factsOf("llama3_8b", {}, overrides), unknown);
  assert(text.includes("checkpoint.scale=0.001 of the real size"), text);
});

Deno.test("datasizeText() says when a workload needs nothing", () => {
  const overrides = ["workflow.checkpoint=false"];
  const text = datasizeText(factsOf("llama3_8b", {}, overrides), unknown);
  assert(text.includes("nothing: no dataset, no checkpoints"), text);
});

Deno.test("datasizeText() compares bytes and inodes with what is free", () => {
  const facts = factsOf("unet3d_h100", { accelerators: 4 }, [
    "dataset.data_folder=/data",
    "checkpoint.checkpoint_folder=/ckpt",
  ]);
  const space = { bytes: 100 * GIB, files: 1000, deviceNumber: 1 };
  const lines = datasizeText(facts, (path) => ({ ...space, path }))
    .split("\n").map((line) => line.slice(0, 100));
  const beginsOf = (name: string) =>
    lines.filter((line) => line.startsWith(name))
      .map((line) => line.slice(14, 80));
  assertEquals(beginsOf("Disk"), [
    "1.87 TiB needed for the dataset, 100.00 GiB free at /data; 14000 f",
    "476.03 MiB needed for one checkpoint, 100.00 GiB free at /ckpt; 1 ",
  ]);
  assertEquals(beginsOf("Does not fit").map((text) => text.slice(0, 40)), [
    "Cannot write the dataset and one checkpo",
    "Cannot write the dataset and one checkpo",
  ]);
  const onStore = factsOf("unet3d_h100", { accelerators: 4 }, [
    "storage.storage_type=s3",
    "storage.storage_root=bucket",
  ]);
  assertEquals(onStore.diskNeeds, []);
});
