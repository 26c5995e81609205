/** A manifest is foreign input: it removes nothing outside of its folder. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { generateDataset } from "../../../lib/engine/dataset/generate_dataset.ts";
import { removeDataset } from "../../../lib/engine/dataset/remove_dataset.ts";
import {
  identityOf,
  type Manifest,
  manifestPath,
} from "../../../lib/engine/dataset/manifest.ts";
import { DatasetError } from "../../../lib/errors.ts";
import { inTempFolder, prepareSmall, quietHooks } from "../engine_fixture.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

/** A manifest that names a file of somebody else's in its own way. */
interface Lie {
  readonly name: string;
  readonly dataset: Readonly<Record<string, unknown>>;
  /** What is said of it. */
  readonly problem: string;
}

const COLUMNS = [{ name: "../../../v", dtype: "bool", size: 1 }];
const PARQUET = {
  columns: COLUMNS,
  partitionBy: "../../../v",
  rowGroupRows: 1,
  generationBatchRows: 1,
};
const NO_MANIFEST = "it must be a manifest of version 1";

const LIES: readonly Lie[] = [
  {
    name: "a prefix with ..",
    dataset: { file_prefix: "../../victim" },
    problem: 'must not have the name ".."',
  },
  {
    name: "a prefix with .. inside",
    dataset: { file_prefix: "a/../../../victim" },
    problem: 'must not have the name ".."',
  },
  {
    name: "a prefix with NUL",
    dataset: { file_prefix: "a\0" },
    problem: "must not have control characters",
  },
  {
    name: "a prefix that is empty between slashes",
    dataset: { file_prefix: "//victim" },
    problem: "must not have an empty name",
  },
  {
    name: "a partition with ..",
    dataset: { format: "parquet", parquet: PARQUET },
    problem: 'must not have the name ".."',
  },
  { name: "no prefix", dataset: { file_prefix: null }, problem: NO_MANIFEST },
  {
    name: "a list of formats",
    dataset: { format: ["x"] },
    problem: NO_MANIFEST,
  },
  {
    name: "columns without names",
    dataset: { parquet: { ...PARQUET, columns: [{}] } },
    problem: NO_MANIFEST,
  },
  {
    name: "a partition that is a number",
    dataset: { parquet: { ...PARQUET, partitionBy: 3 } },
    problem: NO_MANIFEST,
  },
  {
    name: "a format of the prototype",
    dataset: { format: "constructor" },
    problem: 'it is "constructor"',
  },
];

Deno.test("generate --force and keep_files=false refuse a manifest that names files elsewhere", () =>
  inTempFolder(async (folder) => {
    const data = `${folder}/a/data`;
    const workload = workloadOf(
      `dataset.data_folder=${data}`,
      "dataset.num_files_train=1",
    );
    const described = describeWorkload(workload);
    await using prepared = await prepareSmall(workload);
    await Deno.mkdir(`${data}/.stoker`, { recursive: true });
    // What the first lie would have removed: <data>/train/../../victim_0_of_1.
    const victim = `${folder}/a/victim_0_of_1.npz`;
    await Deno.writeTextFile(victim, "mine");
    for (const { name, dataset, problem } of LIES) {
      const manifest = {
        stoker_manifest: 1,
        stoker_version: "0",
        complete: true,
        dataset: { ...identityOf(described.dataset, "img"), ...dataset },
        train: { file_count: 1, subfolder_count: 0 },
        valid: { file_count: 0, subfolder_count: 0 },
      } as Manifest;
      await Deno.writeTextFile(manifestPath(data), JSON.stringify(manifest));
      const acts = [
        () => removeDataset(prepared, new AbortController().signal),
        () =>
          generateDataset(prepared, quietHooks(), {
            threads: 1,
            force: true,
            stokerVersion: "0",
          }),
      ];
      for (const act of acts) {
        const error = await assertRejects(act, DatasetError, "", name);
        assertStringIncludes(error.message, problem, name);
      }
      assertEquals(await Deno.readTextFile(victim), "mine", name);
    }
  }));
