import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../../lib/errors.ts";
import {
  listBuiltInWorkloads,
  readWorkloadFile,
} from "../../../lib/cli/line/workload_files.ts";

async function withFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_workloads_" });
  try {
    await Deno.mkdir(`${folder}/workload`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("listBuiltInWorkloads() is sorted and without endings", async () => {
  const names = await listBuiltInWorkloads();
  assert(names.includes("quick") && names.includes("unet3d_h100"));
  assertEquals(names, [...names].sort());
  assert(names.every((name) => !name.includes(".")));
});

Deno.test("readWorkloadFile() reads a built-in workload by name", async () => {
  const file = await readWorkloadFile("quick");
  assertEquals(file.name, "quick");
  assertEquals(file.path, "workloads/quick.yaml");
  assertEquals(file.isBuiltIn, true);
  assert(file.text.includes("data/quick"));
});

Deno.test("readWorkloadFile() says which name was probably meant", async () => {
  await assertRejects(
    () => readWorkloadFile("unet3d_h10"),
    ConfigError,
    'Cannot find the workload "unet3d_h10"; did you mean "unet3d_h100"',
  );
  await assertRejects(
    () => readWorkloadFile(""),
    ConfigError,
    'Cannot find the workload ""',
  );
});

Deno.test("readWorkloadFile() names the family of a workload that DLIO had", async () => {
  const hints: readonly [string, string][] = [
    ["unet3d", "; there are unet3d_a100, unet3d_a100_s3, unet3d_b200, "],
    ["bert", '; did you mean "bert_v100"'],
    ["dlrm", "; there are dlrm_b200, dlrm_datagen, dlrm_indexed, dlrm_mi355"],
    ["resnet50_pytorch", "; there are resnet50_a100, resnet50_datagen, "],
  ];
  for (const [name, hint] of hints) {
    await assertRejects(
      () => readWorkloadFile(name),
      ConfigError,
      `Cannot find the workload "${name}"${hint}`,
    );
  }
});

Deno.test("readWorkloadFile() reads a path", async () => {
  await withFolder({ "mine.yaml": "train: {epochs: 2}" }, async (folder) => {
    const file = await readWorkloadFile(`${folder}/mine.yaml`);
    assertEquals(file, {
      name: "mine",
      path: `${folder}/mine.yaml`,
      text: "train: {epochs: 2}",
      isBuiltIn: false,
    });
    await assertRejects(
      () => readWorkloadFile(`${folder}/other.yaml`),
      ConfigError,
      "there is no such file",
    );
    await assertRejects(
      () => readWorkloadFile(`${folder}/workload`),
      ConfigError,
      `Cannot read "${folder}/workload"`,
    );
    await assertRejects(
      () => readWorkloadFile(`${folder}/mine.yaml/x`),
      ConfigError,
      "Cannot read",
    );
  });
});

Deno.test("readWorkloadFile() searches --config-dir before its own", async () => {
  const files = {
    "workload/quick.yaml": "model: {name: inner}",
    "quick.yaml": "model: {name: outer}",
    "other.yml": "model: {name: other}",
  };
  await withFolder(files, async (configDir) => {
    const quick = await readWorkloadFile("quick", { configDir });
    assertEquals(quick.text, "model: {name: inner}");
    assertEquals(quick.isBuiltIn, false);
    const other = await readWorkloadFile("other", { configDir });
    assertEquals(other.path, `${configDir}/other.yml`);
    const builtIn = await readWorkloadFile("default", { configDir });
    assertEquals(builtIn.isBuiltIn, true);
    await assertRejects(
      () => readWorkloadFile("othr", { configDir }),
      ConfigError,
      `not in ${configDir} either; did you mean "other"`,
    );
  });
});
