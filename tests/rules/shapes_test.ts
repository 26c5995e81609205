/**
 * Results as they really look: shapes that a checker must take for what they
 * are.
 */
import { assertEquals } from "@std/assert";
import { NEWEST_EDITION } from "../../lib/rules/editions.ts";
import { validate } from "../../lib/rules/validate.ts";
import type { Validation } from "../../lib/rules/validation.ts";
import { GOOD_TREES } from "./doctored_rows.ts";
import {
  CODE_IMAGE,
  DISKANN,
  FieldTree,
  goodTraining,
  LLAMA8B,
  ORGANIZATION,
  stamp,
  UNET3D,
} from "./field_tree.ts";
import { goodVector } from "./store_trees.ts";
import { added, foundRules, inFolder, validateTree } from "./judging.ts";

const RUN1 = `${UNET3D}/run/${stamp(0)}`;
const SUMMARIES = /\/run\/[^/]+\/summary\.json$/;
const RUN_METADATA = /\/run\/[^/]+\/training_[^/]+_metadata\.json$/;
const CKPT_METADATA = /checkpointing_[^/]+_metadata\.json$/;

type Shape = readonly [
  string,
  string,
  (tree: FieldTree) => void,
  ...string[],
];

const SHAPES: readonly Shape[] = [
  ["numbers as texts", "training", (t) => {
    t.edit(SUMMARIES, {
      num_files_train: "28000",
      num_accelerators: "8",
      num_hosts: "2",
      host_memory_GB: ["256", "256.0"],
      "metric/train_au_mean_percentage": "94.2",
    });
  }],
  ["numbers with commas for thousands", "training", (t) => {
    t.edit(SUMMARIES, { num_files_train: "28,000" });
  }],
  ["hosts as one text", "training", (t) => {
    t.edit(RUN_METADATA, { "args/hosts": "node1,node2" });
  }],
  ["slots behind hosts", "checkpointing", (t) => {
    t.edit(CKPT_METADATA, { "args/hosts": "node1:8" });
  }],
  ["names in upper case and with underscores", "checkpointing", (t) => {
    t.edit(CKPT_METADATA, { model: "LLAMA3_8B", accelerator: "B200" });
  }],
  ["a verification in upper case", "training", (t) => {
    t.edit(RUN_METADATA, { verification: "CLOSED" });
  }],
  ["times with microseconds and a blank", "training", (t) => {
    t.edit(`${RUN1}/summary.json`, {
      start: "2026-07-01 10:00:00.123456",
      end: "2026-07-01T10:20:00.999999",
    });
  }],
  ["times with a zone", "checkpoint pair", (t) => {
    t.edit(new RegExp(`${stamp(0)}_metadata`), {
      invocation_end_time: "2026-07-01T10:10:10+02:00",
    });
    t.edit(new RegExp(`${stamp(620)}_metadata`), {
      invocation_start_time: "2026-07-01T10:10:20+02:00",
    });
  }],
  ["NaN in a figure that no rule reads", "training", (t) => {
    t.rewrite(
      `${RUN1}/summary.json`,
      (s) => s.replace("45000", "NaN").replace("{", '{"x":[-Infinity,NaN],'),
    );
  }],
  ["NaN as AU", "training", (t) => {
    t.rewrite(
      SUMMARIES,
      (s) =>
        s.replace(
          '"train_au_mean_percentage":94',
          '"train_au_mean_percentage":NaN',
        ),
    );
  }, "invalid 3.3.2"],
  ["a series of seven", "training", (t) => {
    t.copy(`${UNET3D}/run/${stamp(7500)}`, `${UNET3D}/run/${stamp(9000)}`);
  }, "invalid 2.1.17"],
  [
    "a run without its summary",
    "training",
    (t) => {
      t.remove(`${RUN1}/summary.json`);
    },
    "invalid 2.1.19",
    "unchecked 2.1.18",
    "unchecked 3.3.2",
    "unchecked STOKER-EPOCHS",
  ],
  [
    "a run without its metadata",
    "training",
    (t) => {
      t.remove(new RegExp(`${RUN1}/training_.*_metadata`));
    },
    "unchecked 3.3.7",
    "unchecked 3.4.1",
    "unchecked STOKER-ACCELERATOR",
  ],
  ["a datagen without its metadata", "training", (t) => {
    t.remove(/datagen\/.*_metadata/);
  }, "unchecked 3.2.1"],
  ["a summary with a prefix", "training", (t) => {
    t.move(`${RUN1}/summary.json`, `${RUN1}/dlio_summary.json`);
  }],
  ["lines that end as in DOS, and a byte order mark", "training", (t) => {
    t.rewrite(/config\.yaml$/, (s) => s.replaceAll("\n", "\r\n"));
    t.rewrite(SUMMARIES, (s) => `\uFEFF${s}`);
  }],
  [
    "an empty file of metadata",
    "training",
    (t) => {
      t.text(
        `${UNET3D}/datasize/20260630_080000/training_20260630_080000_metadata.json`,
        "",
      );
    },
    "invalid 3.1.1",
    "invalid STOKER-READ",
  ],
  ["a manifest that lists every invocation", "training", (t) => {
    const leaves = new Set(
      t.match(/provenance\.json$/).map((path) =>
        path.slice(ORGANIZATION.length + 1).replace("/provenance.json", "")
      ),
    );
    t.text(
      `${ORGANIZATION}/submission.yaml`,
      'schema: mlps-submission-manifest/1\nrules_edition: "3.0"\nruns:\n' +
        [...leaves].map((leaf) => `- {leaf: ${leaf}, model: unet3d}\n`).join(
          "",
        ),
    );
  }],
  ["folders of a version control", "training", (t) => {
    t.text(".git/config", "").text(".github/workflows/a.yaml", "");
    t.text(`${ORGANIZATION}/.DS_Store`, "");
    t.text([ORGANIZATION, "systems", "README.md"].join("/"), "");
  }],
  [
    "a pool of images of one organization, as the round had it",
    "training",
    (t) => {
      t.move("code-images", "acme");
    },
  ],
  ["a tree of two organizations", "training", (t) => {
    t.copy(ORGANIZATION, "closed/globex");
  }],
  ["both divisions", "training", (t) => {
    t.copy(ORGANIZATION, "open/acme");
  }],
  ["a stamp that is older than the files", "training", (t) => {
    t.remove(/provenance\.json$/);
  }],
  ["a checkpoint run on an object store", "checkpointing", (t) => {
    t.edit(CKPT_METADATA, { "parameters/storage": { storage_type: "s3" } });
    t.remove(/fs_separation/);
  }],
  [
    "a vector database without a level for its engine",
    "vector_database",
    (t) => {
      t.move(DISKANN, DISKANN.replace("/milvus", ""));
    },
  ],
];

for (const [title, base, change, ...found] of SHAPES) {
  Deno.test(`${title}: ${found.join(", ") || "taken as it is"}`, async () => {
    const tree = GOOD_TREES[base]!();
    change(tree);
    const validation = await validateTree(tree);
    const good = await validateTree(GOOD_TREES[base]!());
    assertEquals(added(validation, good), [...found].sort());
  });
}

/** Writes a tree and validates a path in it. */
function at(tree: FieldTree, suffix: string): Promise<Validation> {
  return inFolder(async (folder) => {
    await tree.write(folder);
    return await validate(`${folder}${suffix}`, NEWEST_EDITION);
  });
}

Deno.test("a path with slashes at its end is the same", async () => {
  const validation = await at(goodTraining(), "///");
  assertEquals(validation.shape, "submission tree");
  assertEquals(validation.verdict, "closed");
});

Deno.test("a path that is a link to the tree is followed", async () => {
  await inFolder(async (folder) => {
    await goodVector().write(`${folder}/tree`);
    await Deno.symlink(`${folder}/tree`, `${folder}/link`);
    const validation = await validate(`${folder}/link`, NEWEST_EDITION);
    assertEquals(validation.verdict, "closed");
  });
});

Deno.test("the folder of runs alone is judged as a series", async () => {
  const validation = await at(goodTraining(), `/${UNET3D}/run`);
  assertEquals(validation.shape, "series of runs");
  assertEquals(foundRules(validation), [
    "unchecked 3.3.5",
    "unchecked STOKER-CACHES",
  ]);
});

Deno.test("the folder of a run alone is judged as a run", async () => {
  const validation = await at(goodTraining(), `/${RUN1}`);
  assertEquals(validation.shape, "run");
  assertEquals(validation.results.map(({ where }) => where), ["."]);
});

Deno.test("a pair of checkpoint folders alone is judged as a pair", async () => {
  const validation = await at(GOOD_TREES["checkpoint pair"]!(), `/${LLAMA8B}`);
  assertEquals(foundRules(validation), ["note 4.7.2"]);
});

Deno.test("what OPEN alone allows is OPEN where no division is declared", async () => {
  const tree = goodTraining();
  tree.edit(RUN_METADATA, {
    override_parameters: { "dataset.format": "hdf5" },
  });
  const validation = await at(tree, `/${RUN1}`);
  assertEquals(validation.verdict, "open");
  assertEquals(foundRules(validation)[0], "open 3.6.2");
});

Deno.test("the verdict of a whole is the worst of its parts", async () => {
  const tree = goodTraining();
  tree.remove(`${RUN1}/dlio.log`);
  const { results } = await validateTree(tree);
  const verdicts = new Map(results.map((each) => [each.where, each.verdict]));
  assertEquals(verdicts.get(RUN1), "invalid");
  assertEquals(verdicts.get(UNET3D), "invalid");
  assertEquals(verdicts.get(ORGANIZATION), "invalid");
  assertEquals(verdicts.get("."), "invalid");
  assertEquals(verdicts.get(`${UNET3D}/run/${stamp(1500)}`), "closed");
});

Deno.test("a code image is hashed by path and content, without tests", async () => {
  const tree = goodVector();
  tree.text(`${CODE_IMAGE}/tests/a_test.py`, "x");
  tree.text(`${CODE_IMAGE}/a/__pycache__/x.pyc`, "x");
  tree.text(`${CODE_IMAGE}/.hidden`, "x");
  assertEquals(foundRules(await validateTree(tree)), ["unchecked 5.6.4"]);
});
