/**
 * Datasets of which a run reads a part: `dataset.num_files_generated`, and
 * what `generate` makes beside files.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { DatasetError } from "../../../lib/errors.ts";
import { runSmall, smallWorkload } from "../engine_fixture.ts";

async function withFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_generated_" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const GENERATES = ["workflow.train=false", "workflow.generate_data=true"];
const TRAINS = ["workflow.train=true", "workflow.generate_data=false"];

Deno.test("num_files_generated: all are generated, the first are read by their names", () =>
  withFolder(async (folder) => {
    const data = `${folder}/d`;
    const asked = [
      "dataset.num_files_train=4",
      "dataset.num_files_generated=10",
      "dataset.num_files_eval=2",
      "workflow.evaluation=true",
    ];
    const generated = await runSmall(
      smallWorkload(data, [...asked, ...GENERATES]),
    );
    assertEquals(generated.error, null);
    const names = namesIn(`${data}/train`);
    assertEquals(names.length, 10);
    assertEquals(names[3], "img_03_of_10.npz");
    assertEquals(namesIn(`${data}/valid`), [
      "img_0_of_2.npz",
      "img_1_of_2.npz",
    ]);
    // The dataset is that of 10 files, so the plain setting makes the same.
    const plain = await runSmall(
      smallWorkload(data, [
        "dataset.num_files_train=10",
        "dataset.num_files_eval=2",
        ...GENERATES,
      ]),
    );
    assertEquals(plain.error, null);

    for (
      const more of [
        [],
        // Nothing but the setting tells the names then.
        ["dataset.skip_listing=true"],
      ]
    ) {
      const trained = await runSmall(
        smallWorkload(data, [...asked, ...TRAINS, ...more]),
      );
      assertEquals(trained.error, null);
      await Deno.remove(`${data}/.stoker`, { recursive: true })
        .catch(() => {});
    }
  }));

Deno.test("num_files_generated chooses among datasets of several counts in a folder", () =>
  withFolder(async (folder) => {
    const data = `${folder}/d`;
    await Deno.mkdir(`${data}/train`, { recursive: true });
    for (const count of [8, 9]) {
      const other = `${folder}/${count}`;
      const { error } = await runSmall(
        smallWorkload(other, [
          `dataset.num_files_train=${count}`,
          "dataset.num_files_eval=0",
          ...GENERATES,
        ]),
      );
      assertEquals(error, null);
      for (const name of namesIn(`${other}/train`)) {
        await Deno.rename(`${other}/train/${name}`, `${data}/train/${name}`);
      }
    }
    // Only of 9 there are enough that are whole once one of 8 is short.
    await Deno.truncate(`${data}/train/img_0_of_8.npz`, 0);
    const asked = ["dataset.num_files_train=4", "dataset.num_files_eval=0"];
    const run = (...more: string[]) =>
      runSmall(smallWorkload(data, [...asked, ...TRAINS, ...more]));
    assertEquals((await run("dataset.num_files_generated=9")).error, null);
    await assertRejects(
      () => run("dataset.num_files_generated=8"),
      DatasetError,
      "img_0_of_8.npz",
    );
  }));

Deno.test("generate makes empty splits and sub-folders, as DLIO does", () =>
  withFolder(async (folder) => {
    const data = `${folder}/d`;
    const { error } = await runSmall(
      smallWorkload(data, [
        "dataset.num_files_train=3",
        "dataset.num_files_eval=0",
        "dataset.num_subfolders_train=10",
        "dataset.num_subfolders_eval=2",
        ...GENERATES,
      ]),
    );
    assertEquals(error, null);
    assertEquals(
      namesIn(`${data}/train`),
      Array.from({ length: 10 }, (_, i) => String(i).padStart(2, "0")),
    );
    assertEquals(namesIn(`${data}/valid`), ["0", "1"]);
    assertEquals(namesIn(`${data}/train/02`), ["img_2_of_3.npz"]);
    assertEquals(namesIn(`${data}/train/09`), []);
  }));

Deno.test("a Parquet dataset of other row groups is read as it is, with a note", () =>
  withFolder(async (folder) => {
    const data = `${folder}/d`;
    const parquet = [
      "dataset.format=parquet",
      "dataset.num_samples_per_file=64",
      "dataset.num_files_eval=0",
      "dataset.parquet.columns=[{name:a,dtype:float32,size:4}]",
    ];
    const made = await runSmall(
      smallWorkload(data, [
        ...parquet,
        "dataset.parquet.row_group_size=32",
        ...GENERATES,
      ]),
    );
    assertEquals(made.error, null);
    const notes: string[] = [];
    const read = await runSmall(
      smallWorkload(data, [
        ...parquet,
        "dataset.parquet.row_group_size=16",
        ...TRAINS,
      ]),
      { onWarning: (text) => notes.push(text) },
    );
    assertEquals(read.error, null);
    assertEquals(
      notes.filter((text) => text.includes("row groups of 32 rows")).length,
      1,
      notes.join("\n"),
    );
  }));

Deno.test("dlio_compat is part of what a dataset is", () =>
  withFolder(async (folder) => {
    const data = `${folder}/d`;
    const words = ["dataset.format=csv", "dataset.num_files_eval=0"];
    const older = [...words, "dataset.dlio_compat=2.0.0"];
    const made = await runSmall(smallWorkload(data, [...older, ...GENERATES]));
    assertEquals(made.error, null);
    const header = (await Deno.readTextFile(`${data}/train/img_00_of_12.csv`))
      .slice(0, 9);
    assertEquals(header, ",0,1,2,3,");
    assertEquals(
      (await runSmall(smallWorkload(data, [...older, ...TRAINS]))).error,
      null,
    );
    await assertRejects(
      () => runSmall(smallWorkload(data, [...words, ...TRAINS])),
      DatasetError,
      "dataset.dlio_compat is",
    );
  }));
