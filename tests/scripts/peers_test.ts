/**
 * The comparison's own arithmetic; what needs DLIO itself is not run here.
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { filesBelow, sha256Hex } from "../../scripts/peers/dataset_files.ts";
import {
  auFromSteps,
  reportedAu,
  reportedRates,
  stepSums,
} from "../../scripts/peers/results.ts";

async function inTempFolder(
  use: (folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_peers_test_" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("auFromSteps() leaves out each epoch's first step only", () =>
  inTempFolder((folder) => {
    const output = {
      "1": {
        load: { block1: [8, 1, 1], block2: [1] },
        proc: { block1: [9, 2, 2], block2: [4] },
        compute: { block1: [1, 1, 1], block2: [2] },
      },
      "2": {
        load: { block1: [8, 0] },
        proc: { block1: [9, 1] },
        compute: { block1: [1, 1] },
      },
      hostname: "vm",
    };
    Deno.writeTextFileSync(`${folder}/0_output.json`, JSON.stringify(output));
    const [first, second, ...others] = auFromSteps(folder);
    assertAlmostEquals(first!, 50);
    assertAlmostEquals(second!, 100);
    assertEquals(others, []);
    assertEquals(stepSums(folder)[0], {
      stepCount: 3,
      loadSeconds: 3,
      computeSeconds: 4,
      stepSeconds: 8,
    });
  }));

Deno.test("reportedAu() and reportedRates() are one figure per epoch", () =>
  inTempFolder((folder) => {
    const metric = {
      train_au_percentage: [90, 91],
      train_throughput_samples_per_second: [8, 7.5],
    };
    Deno.writeTextFileSync(
      `${folder}/summary.json`,
      JSON.stringify({ metric }),
    );
    assertEquals(reportedAu(folder), [90, 91]);
    assertEquals(reportedRates(folder), [8, 7.5]);
  }));

Deno.test("filesBelow() lists a dataset without Stoker's own notes", () =>
  inTempFolder((folder) => {
    for (const sub of ["train/1", "valid", ".stoker"]) {
      Deno.mkdirSync(`${folder}/${sub}`, { recursive: true });
    }
    for (const path of ["valid/b", "train/1/a", ".stoker/manifest.json"]) {
      Deno.writeTextFileSync(`${folder}/${path}`, "");
    }
    assertEquals(filesBelow(folder), ["train/1/a", "valid/b"]);
  }));

Deno.test("sha256Hex() is that of FIPS 180-2's example", async () => {
  assertEquals(
    await sha256Hex("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
