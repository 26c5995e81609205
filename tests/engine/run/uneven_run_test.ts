/**
 * Somebody else's dataset whose files hold different numbers of samples, from
 * the settings to what readers visit.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseOverrides } from "../../../lib/config/overrides.ts";
import { resolveWorkload } from "../../../lib/config/resolve.ts";
import { countDataset } from "../../../lib/engine/dataset/count_dataset.ts";
import { CountFolder } from "../../../lib/engine/dataset/count_store.ts";
import { locateDataset } from "../../../lib/engine/dataset/locate_dataset.ts";
import { DatasetError, StokerError } from "../../../lib/errors.ts";
import type { FileSpec } from "../../../lib/formats/format.ts";
import { megatron } from "../../../lib/formats/megatron.ts";
import { encodeIndex } from "../../../lib/formats/megatron/index_file.ts";
import { createScalarSource } from "../../../lib/random/scalar_source.ts";
import { format as raw } from "../../formats/example_format.ts";
import { fileSpec } from "../../formats/encoded_file.ts";
import {
  inTempFolder,
  quietHooks,
  runSmall,
  WITHOUT_ROOM_CHECK,
} from "../engine_fixture.ts";
import { judgedParts } from "../../../lib/config/judged_parts.ts";

const RECORDING = new URL("../recording_format.ts", import.meta.url).href;
const COUNTS = [5, 1, 0, 12, 3, 7, 2, 10];

function put(folder: string, counts: readonly number[]): void {
  Deno.mkdirSync(`${folder}/data/train`, { recursive: true });
  for (const [file, samplesPerFile] of counts.entries()) {
    const spec: FileSpec = fileSpec([4, 4], { samplesPerFile }, file);
    const tools = {
      random: createScalarSource({ seed: 1 }),
      pages: new Uint8Array(65536),
    };
    const [bytes = new Uint8Array()] = raw.encode(spec, tools);
    Deno.writeFileSync(`${folder}/data/train/part${file}.strided`, bytes);
  }
}

function workloadOf(folder: string, ...words: string[]) {
  return resolveWorkload({
    overrides: parseOverrides([
      "framework=pytorch",
      "workflow.generate_data=false",
      "workflow.train=true",
      `dataset.data_folder=${folder}/data`,
      `dataset.format_module=${RECORDING}?log=${folder}/log`,
      "reader.batch_size=2",
      "reader.read_threads=2",
      "reader.file_shuffle=seed",
      "reader.sample_shuffle=seed",
      "train.epochs=2",
      "train.computation_time=0",
      ...words,
    ]).overrides,
  }, { cpuCount: 2, findsFiles: true }).workload;
}

async function locate(
  folder: string,
  words: readonly string[],
  listeners: Parameters<typeof countDataset>[1] extends infer Options
    ? Partial<Options>
    : never = {},
) {
  const workload = workloadOf(folder, ...words);
  const hooks = quietHooks();
  const judged = judgedParts(workload, "run");
  const located = await locateDataset(workload, {
    accelerators: 2,
    judged,
    signal: hooks.signal,
  });
  return await countDataset(located, {
    accelerators: 2,
    judged,
    hooks,
    ...listeners,
  });
}

Deno.test("every sample of uneven files is read exactly once per epoch, by all accelerators in as many steps", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    const notes: string[] = [];
    const { workload, found } = await locate(folder, [], {
      onNote: (text) => notes.push(text),
    });
    const warnings: string[] = [];
    const { phases, error } = await runSmall(workload, {
      accelerators: 2,
      found,
      onWarning: (text) => warnings.push(text),
      ...WITHOUT_ROOM_CHECK,
    });
    assertEquals(error, null);
    assertEquals(notes, [
      `Counted 40 samples in the 8 files of "${folder}/data/train", ` +
      "0 to 12 in each",
    ]);
    // 40 samples: 2 accelerators × 10 steps of 2.
    assertEquals(phases.map(({ plannedSteps }) => plannedSteps), [10, 10]);
    const visits = Deno.readTextFileSync(`${folder}/log`).trimEnd().split("\n");
    const expected = COUNTS.flatMap((count, file) =>
      Array.from({ length: count }, (_, sample) => `${file} ${sample}`)
    );
    // What is opened before the run reads no sample.
    assertEquals(visits.toSorted(), [...expected, ...expected].toSorted());
  }));

Deno.test("broadcast has every accelerator read every sample of uneven files once per epoch", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    const { workload, found } = await locate(folder, [
      "reader.broadcast=true",
      "train.epochs=1",
    ]);
    const { phases, error } = await runSmall(workload, {
      accelerators: 2,
      found,
      ...WITHOUT_ROOM_CHECK,
    });
    assertEquals(error, null);
    assertEquals(phases.map(({ plannedSteps }) => plannedSteps), [20]);
    const visits = Deno.readTextFileSync(`${folder}/log`).trimEnd().split("\n");
    const expected = COUNTS.flatMap((count, file) =>
      Array.from({ length: count }, (_, sample) => `${file} ${sample}`)
    );
    assertEquals(visits.toSorted(), [...expected, ...expected].toSorted());
  }));

/** Megatron's files with numbers of windows of 9 tokens, one for a label. */
function putTokens(folder: string, counts: readonly number[]): void {
  Deno.mkdirSync(`${folder}/data`, { recursive: true });
  for (const [file, samplesPerFile] of counts.entries()) {
    const spec = fileSpec([9], {
      samplesPerFile,
      elementType: "uint16",
      megatron: { documentLength: 5, documentLengthStdev: 4 },
    }, file);
    const tools = {
      random: createScalarSource({ seed: 1 }),
      pages: new Uint8Array(65536),
    };
    const [tokens = new Uint8Array()] = megatron.encode(spec, tools);
    Deno.writeFileSync(`${folder}/data/part${file}.bin`, tokens);
    const [index = new Uint8Array()] = encodeIndex(spec, tools);
    Deno.writeFileSync(`${folder}/data/part${file}.idx`, index);
  }
}

const TOKENS = [
  "dataset.format=megatron",
  "dataset.format_module=null",
  "dataset.record_dims=[9]",
  "dataset.record_element_type=uint16",
  "reader.batch_size=1",
  "train.epochs=1",
];

for (const blend of ["[]", "[1,2,1]"]) {
  Deno.test(`Megatron's uneven files are counted and blended by ${blend}: an epoch has all their samples`, () =>
    inTempFolder(async (folder) => {
      putTokens(folder, [3, 9, 2]);
      const { workload, found } = await locate(folder, [
        ...TOKENS,
        `dataset.megatron.blend=${blend}`,
      ]);
      const { phases, error } = await runSmall(workload, {
        accelerators: 2,
        found,
        ...WITHOUT_ROOM_CHECK,
      });
      assertEquals(error, null);
      const samples = phases.flatMap(({ workers }) =>
        workers.map((worker) => worker.samples)
      );
      assertEquals(samples.reduce((sum, each) => sum + each, 0), 14);
    }));
}

Deno.test("a weight for one of Megatron's files that holds no window is refused before the run", () =>
  inTempFolder(async (folder) => {
    putTokens(folder, [3, 0, 2]);
    const { workload, found } = await locate(folder, [
      ...TOKENS,
      "dataset.megatron.blend=[1,2,1]",
    ]);
    const error = await assertRejects(
      () => runSmall(workload, { found, ...WITHOUT_ROOM_CHECK }),
      StokerError,
    );
    assert(error.message.includes("file 2 of 3"), error.message);
  }));

Deno.test("weights are compared with the files that are there, once they are found", () =>
  inTempFolder(async (folder) => {
    putTokens(folder, [3, 1, 2]);
    const error = await assertRejects(
      () => locate(folder, [...TOKENS, "dataset.megatron.blend=[1,2]"]),
      StokerError,
    );
    assert(error.message.includes("one weight for each"), error.message);
  }));

Deno.test("files that hold equal numbers are planned without a table", () =>
  inTempFolder(async (folder) => {
    put(folder, [4, 4, 4, 4]);
    const { workload } = await locate(folder, []);
    assertEquals(workload.dataset.num_samples_per_file, 4);
    assertEquals(workload.dataset.num_files_train, 4);
  }));

Deno.test("an epoch of uneven files without a step is refused with their sum", () =>
  inTempFolder(async (folder) => {
    put(folder, [1, 0, 2]);
    const error = await assertRejects(
      () => locate(folder, ["reader.batch_size=8"]),
      StokerError,
    );
    assert(error.message.includes("3 samples"), error.message);
  }));

Deno.test("fewer samples than are given end a run before it begins, and name the file", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    const words = [
      "dataset.num_samples_per_file=5",
      "dataset.num_files_train=8",
    ];
    const { workload, found } = await locate(folder, words);
    const error = await assertRejects(
      () => runSmall(workload, { found, ...WITHOUT_ROOM_CHECK }),
      DatasetError,
    );
    assert(error.message.includes(`part1.strided" holds 1`), error.message);
    assert(error.message.includes("3 more of the 8"), error.message);
  }));

Deno.test("more samples than are given are left out and said, both numbers", () =>
  inTempFolder(async (folder) => {
    put(folder, [5, 6, 5]);
    const { workload, found } = await locate(folder, [
      "dataset.num_samples_per_file=4",
    ]);
    const warnings: string[] = [];
    const { error } = await runSmall(workload, {
      found,
      onWarning: (text) => warnings.push(text),
      ...WITHOUT_ROOM_CHECK,
    });
    assertEquals(error, null);
    assert(
      warnings.some((text) =>
        text.startsWith("Of each file 4 samples are used") &&
        text.includes(`part0.strided" holds 5 (and 2 more`)
      ),
      warnings.join("\n"),
    );
  }));

Deno.test("counts are kept beside results, used again, and never in the dataset's folder", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    const store = new CountFolder(`${folder}/results/.counts`);
    const before = [...Deno.readDirSync(`${folder}/data`)];
    const first = await locate(folder, [], { store });
    assertEquals([...Deno.readDirSync(`${folder}/data`)], before);
    const [kept] = [...Deno.readDirSync(`${folder}/results/.counts`)];
    const path = `${folder}/results/.counts/${kept?.name}`;
    // Other numbers there show that they are used.
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length - 4] = 99;
    Deno.writeFileSync(path, bytes);
    const again = await locate(folder, [], { store });
    assertEquals(first.found?.heldSamples?.train?.at(-1), 10);
    assertEquals(again.found?.heldSamples?.train?.at(-1), 99);
    // A file of another length is counted anew, and so are all.
    put(folder, [6, ...COUNTS.slice(1)]);
    const changed = await locate(folder, [], { store });
    assertEquals([...changed.found?.heldSamples?.train ?? []], [
      6,
      ...COUNTS.slice(1),
    ]);
    // Damage is no reason to fail.
    Deno.writeTextFileSync(path, "{}");
    const damaged = await locate(folder, [], { store });
    assertEquals(damaged.found?.heldSamples?.train?.at(-1), 10);
  }));

Deno.test("a file that is none of the format is named before the run", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    Deno.writeTextFileSync(
      `${folder}/data/train/part5.strided`,
      "x".repeat(100),
    );
    const error = await assertRejects(() => locate(folder, []), StokerError);
    assert(error.message.includes("part5.strided"), error.message);
    assert(error.message.includes("must begin with STRIDED1"), error.message);
  }));

Deno.test("counting ends when the run is stopped", () =>
  inTempFolder(async (folder) => {
    put(folder, COUNTS);
    const stop = new AbortController();
    const hooks = quietHooks({
      signal: stop.signal,
      onWait: (wait) => {
        if (wait?.what.startsWith("counting")) {
          stop.abort(new StokerError("Stopped by a test"));
        }
      },
    });
    await assertRejects(
      () => locate(folder, [], { hooks }),
      StokerError,
      "Stopped by a test",
    );
  }));
