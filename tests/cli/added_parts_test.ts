/**
 * A storage and a format are added as whoever extends Stoker adds them: one
 * file and one line of a registry each, in a copy of the tree. Nothing else
 * may be needed to generate, train, configure and explain them.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { filesBelow } from "../../scripts/files_below.ts";

const ROOT = new URL("../../", import.meta.url);

const STORAGE = `/** Files below a board of a shelf. */
import { LocalStorage } from "./local/local.ts";
import { type OptionRows, readOptions } from "./option_row.ts";
import type { StorageKind } from "./storage.ts";

const SHELF_OPTIONS = {
  board: { type: "text", fallback: null, help: "Which board of the shelf" },
  board_bytes: {
    type: "bytes",
    fallback: 4096,
    min: 1,
    max: 2 ** 40,
    help: "Room of a board (bytes)",
  },
  lock_code: {
    type: "text",
    fallback: null,
    isSecret: true,
    help: "Opens the shelf",
  },
} as const satisfies OptionRows;

/** A shelf. */
export const shelfKind: StorageKind = {
  name: "shelf",
  isFiles: true,
  isSync: true,
  settlesAtOnce: true,
  options: SHELF_OPTIONS,
  problems: ({ options }) =>
    readOptions(SHELF_OPTIONS, options).board === null
      ? ["Cannot use a shelf without storage.storage_options.board"]
      : [],
  connect: ({ root, options }) => {
    const { board, board_bytes } = readOptions(SHELF_OPTIONS, options);
    return new LocalStorage(\`\${root}/\${board}-\${board_bytes}\`);
  },
};
`;

/** Files of the parts, and the line that each needs in a registry. */
const PARTS = [
  {
    path: "lib/storage/shelf.ts",
    text: STORAGE,
    registry: "lib/storage/registry.ts",
    before: "  s3: lazyPart(",
    line:
      '  shelf: lazyPart(import.meta.resolve("./shelf.ts"), "shelfKind"),\n',
  },
  {
    path: "lib/formats/strided.ts",
    text: Deno.readTextFileSync(
      new URL("tests/formats/example_format.ts", ROOT),
    )
      .replaceAll("../../lib/formats/", "./").replaceAll("../../lib/", "../"),
    registry: "lib/formats/registry.ts",
    before: "  tfrecord: {",
    line:
      '  strided: { part: lazyPart(import.meta.resolve("./strided.ts"), "format") },\n',
  },
];

const WORKLOAD = `
framework: pytorch
workflow: {generate_data: true, train: true}
storage:
  storage_type: shelf
  storage_root: ROOT/shelves
  storage_options: {board: upper, board_bytes: 8KiB, lock_code: sesame}
dataset:
  format: strided
  data_folder: data
  num_files_train: 4
  num_samples_per_file: 3
  record_length_bytes: 1000
reader: {batch_size: 2, read_threads: 1, write_threads: 1}
train: {epochs: 2, computation_time: 0}
`;

/** The table of all settings, which the help has. */
const PRINT_TABLE =
  'import { settingsTable } from "./stoker/lib/config/settings_table.ts";' +
  "console.log(settingsTable());";

Deno.test("a storage and a format take one file and one line each", async () => {
  const folder = await Deno.makeTempDir({ prefix: "stoker-parts-" });
  try {
    await copyTree(`${folder}/stoker`);
    for (const { path, text, registry, before, line } of PARTS) {
      await Deno.writeTextFile(`${folder}/stoker/${path}`, text);
      const file = `${folder}/stoker/${registry}`;
      const rows = await Deno.readTextFile(file);
      assertEquals(rows.split(before).length, 2, `one ${before}`);
      await Deno.writeTextFile(file, rows.replace(before, line + before));
    }
    assertEquals(PARTS.map(({ line }) => line.split("\n").length - 1), [1, 1]);
    await useParts(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function useParts(folder: string): Promise<void> {
  const workload = `${folder}/w.yaml`;
  await Deno.writeTextFile(workload, WORKLOAD.replaceAll("ROOT", folder));
  const results = `hydra.run.dir=${folder}/results`;

  const run = await stoker(folder, ["run", workload, results]);
  assertEquals(run.code, 0, run.text);
  assertStringIncludes(run.text, "Training");
  const board = `${folder}/shelves/upper-8192/data/train`;
  const names = [...Deno.readDirSync(board)].map(({ name }) => name).sort();
  assertEquals(names.length, 4);
  assertEquals(names[0], "img_0_of_4.strided");

  const schema = await stoker(folder, ["config", "--schema"]);
  const { properties } = JSON.parse(schema.out);
  const { storage_type, storage_options } = properties.storage.properties;
  assert(storage_type.enum.includes("shelf"), schema.out);
  assert(properties.dataset.properties.format.enum.includes("strided"));
  const options = storage_options.anyOf[0].properties;
  assertStringIncludes(options.board_bytes.description, "Room of a board");
  assertEquals(options.board_bytes.anyOf[0].minimum, 1);

  const origins = await stoker(folder, ["config", workload, "--origins"]);
  assertStringIncludes(origins.out, "board_bytes");
  assertStringIncludes(origins.out, "8192");
  assertEquals(origins.out.includes("sesame"), false, "a secret is shown");

  const table = await deno(folder, [
    "eval",
    "--config",
    "stoker/deno.json",
    PRINT_TABLE,
  ]);
  assertStringIncludes(table.out, "storage.storage_options.board_bytes");

  const wrong = await stoker(folder, [
    "config",
    workload,
    "storage.storage_options.bord=x",
    "storage.storage_options.board_bytes=0",
  ]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.text, 'did you mean "board"');
  assertStringIncludes(wrong.text, "it must be a whole size");
}

async function copyTree(folder: string): Promise<void> {
  const files = [
    "main.ts",
    "deno.json",
    "deno.lock",
    ...filesBelow("lib/"),
    ...filesBelow("workloads/"),
  ];
  for (const path of files) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.copyFile(new URL(path, ROOT), target);
  }
}

function stoker(folder: string, args: readonly string[]) {
  return deno(folder, [
    "run",
    "--allow-all",
    "stoker/main.ts",
    ...args,
  ]);
}

async function deno(folder: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const [out = "", said = ""] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { code, out, text: out + said };
}
