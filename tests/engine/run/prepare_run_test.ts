/** Tests of lib/engine/run/prepare_run.ts, and of who connects a storage. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { filesBelow } from "../../../scripts/files_below.ts";
import { connectStorage } from "../../../lib/engine/plan/connect_storage.ts";
import {
  ConfigError,
  DatasetError,
  InterruptedError,
  StorageError,
} from "../../../lib/errors.ts";
import type { RunHooks } from "../../../lib/engine/run/run_hooks.ts";
import { nullKind } from "../../../lib/storage/null.ts";
import {
  inTempFolder,
  prepareSmall,
  runSmall,
  smallWorkload,
} from "../engine_fixture.ts";
import { CountedStorages } from "./counted_storages.ts";

const CHECKPOINTS = [
  "workflow.checkpoint=true",
  "model.model_size_bytes=64KiB",
  "checkpoint.type=all_ranks",
];
const NO_DATA = ["workflow.generate_data=false", "workflow.train=false"];

/** A run that ends well, and the settings that make it. */
const WHOLE_RUNS: Readonly<Record<string, readonly string[]>> = {
  "generates and trains": [],
  "saves between epochs, evaluates and removes its dataset": [
    ...CHECKPOINTS,
    "workflow.evaluation=true",
    "checkpoint.checkpoint_after_epoch=1",
    "dataset.keep_files=false",
  ],
  "evaluates, then saves": [
    ...CHECKPOINTS,
    "workflow.train=false",
    "workflow.evaluation=true",
    "checkpoint.num_checkpoints_write=1",
  ],
  "only saves and loads": [
    ...CHECKPOINTS,
    ...NO_DATA,
    "checkpoint.num_checkpoints_write=2",
    "checkpoint.num_checkpoints_read=1",
  ],
  "drops caches": ["storage.drop_caches=before_epoch"],
  "reads nothing": [
    "workflow.generate_data=false",
    "reader.data_loader=synthetic",
  ],
};

for (const [what, settings] of Object.entries(WHOLE_RUNS)) {
  Deno.test(`a run that ${what} connects its storage once and closes it`, async () => {
    await inTempFolder(async (folder) => {
      const storages = new CountedStorages();
      const { error } = await runSmall(
        smallWorkload(`${folder}/data`, [
          `checkpoint.checkpoint_folder=${folder}/ck`,
          ...settings,
        ]),
        { connect: storages.connect },
      );
      assertEquals(error, null);
      assertEquals(storages.connected, ["local_fs"]);
      assertEquals(storages.closed, ["local_fs"]);
    });
  });
}

/** A run that fails: where, its settings, and what brings it about. */
interface FailingRun {
  readonly settings?: readonly string[];
  /** Done in the folder before the run. */
  readonly before?: (folder: string) => Promise<void>;
  readonly hooks?: (folder: string, stop: AbortController) => Partial<RunHooks>;
}

const FAILING_RUNS: Readonly<Record<string, FailingRun>> = {
  "in the preflight": {
    settings: [...CHECKPOINTS],
    before: (folder) => Deno.writeTextFile(`${folder}/ck`, "a file"),
  },
  "before generating": {
    before: async (folder) => {
      await Deno.mkdir(`${folder}/data/train`, { recursive: true });
      await Deno.writeTextFile(`${folder}/data/train/other`, "not ours");
    },
  },
  "in the phase that generates": {
    hooks: (_folder, stop) => ({
      onPhaseBegin: () => stop.abort(new InterruptedError("stop")),
    }),
  },
  "in the examination of the dataset": {
    settings: ["workflow.generate_data=false"],
  },
  "in training": {
    hooks: (folder) => ({
      onPhaseBegin: ({ kind }) => {
        if (kind === "train") {
          Deno.removeSync(`${folder}/data/train/img_05_of_12.npz`);
        }
      },
    }),
  },
  "while loading a checkpoint": {
    settings: [
      ...CHECKPOINTS,
      ...NO_DATA,
      "checkpoint.num_checkpoints_write=0",
      "checkpoint.num_checkpoints_read=1",
    ],
  },
  "while removing its dataset": {
    settings: ["dataset.keep_files=false", "train.epochs=1"],
    hooks: (folder) => ({
      onPhaseEnd: ({ kind }) => {
        if (kind !== "train") return;
        Deno.writeTextFileSync(`${folder}/data/.stoker/manifest.json`, "{");
      },
    }),
  },
};

for (const [where, run] of Object.entries(FAILING_RUNS)) {
  Deno.test(`a run that fails ${where} closes what it connected`, async () => {
    await inTempFolder(async (folder) => {
      await run.before?.(folder);
      const storages = new CountedStorages();
      const stop = new AbortController();
      const { error } = await runSmall(
        smallWorkload(`${folder}/data`, [
          `checkpoint.checkpoint_folder=${folder}/ck`,
          ...run.settings ?? [],
        ]),
        { connect: storages.connect },
        { signal: stop.signal, ...run.hooks?.(folder, stop) },
      ).catch((error: Error) => ({ error }));
      assert(error !== null);
      assertEquals(storages.connected, ["local_fs"]);
      assertEquals(storages.closed, ["local_fs"]);
    });
  });
}

/** Data on files, checkpoints on S3; what is connected keeps nothing. */
const TWO_PLACES = smallWorkload("data", [
  ...CHECKPOINTS,
  "checkpoint.checkpoint_folder=s3://bucket/ck",
]);

Deno.test("prepareRun() connects places of different settings apart, closes the newest first", async () => {
  const storages = new CountedStorages((settings) =>
    Promise.resolve(nullKind.connect(settings))
  );
  const run = await prepareSmall(TWO_PLACES, { connect: storages.connect });
  assertEquals(storages.connected, ["local_fs", "s3"]);
  assert(run.checkpoints?.storage !== run.storage);
  assertEquals(storages.closed, []);
  await run.close();
  await run.close();
  assertEquals(storages.closed, ["s3", "local_fs"]);
});

Deno.test("prepareRun() closes the first storage where the second cannot be connected", async () => {
  const refused = new StorageError("connect to", "bucket", "EACCES", "refused");
  const storages = new CountedStorages((settings) =>
    settings.kind === "s3" ? Promise.reject(refused) : connectStorage(settings)
  );
  await assertRejects(
    () => prepareSmall(TWO_PLACES, { connect: storages.connect }),
    StorageError,
    "refused",
  );
  assertEquals(storages.closed, ["local_fs"]);
});

Deno.test("prepareRun() shares one connection between data and checkpoints of equal settings", async () => {
  await using run = await prepareSmall(
    smallWorkload("data", [...CHECKPOINTS, "workflow.train=true"]),
  );
  assert(run.checkpoints?.storage === run.storage);
  assertEquals(run.plan.checkpoint, run.checkpoints.plan);
});

Deno.test("prepareRun() ends with the signal's reason, also between two connections", async () => {
  const stop = new AbortController();
  const storages = new CountedStorages((settings) => {
    stop.abort(new InterruptedError("Ctrl-C"));
    return connectStorage(settings);
  });
  const prepare = () =>
    prepareSmall(TWO_PLACES, {
      connect: storages.connect,
      signal: stop.signal,
    });
  await assertRejects(prepare, InterruptedError, "Ctrl-C");
  assertEquals(storages.connected, ["local_fs"]);
  await assertRejects(prepare, InterruptedError, "Ctrl-C");
  assertEquals(storages.connected, ["local_fs"]);
  assertEquals(storages.closed, ["local_fs"]);
});

Deno.test("an epoch without a step is refused before anything is connected or generated", async () => {
  await inTempFolder(async (folder) => {
    const storages = new CountedStorages();
    await assertRejects(
      () =>
        runSmall(smallWorkload(`${folder}/data`), {
          accelerators: 7,
          connect: storages.connect,
        }),
      ConfigError,
      "every accelerator must get at least one batch",
    );
    assertEquals(storages.connected, []);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("what was measured is not lost where the dataset cannot be removed", async () => {
  await inTempFolder(async (folder) => {
    const { phases, error } = await runSmall(
      smallWorkload(folder, ["dataset.keep_files=false", "train.epochs=1"]),
      {},
      {
        onPhaseEnd: ({ kind }) => {
          if (kind !== "train") return;
          Deno.writeTextFileSync(`${folder}/.stoker/manifest.json`, "{");
        },
      },
    );
    assert(error instanceof DatasetError);
    assertEquals(phases.map(({ kind }) => kind), ["generate", "train"]);
  });
});

Deno.test("no other file of lib/ connects a storage", () => {
  const root = new URL("../../../", import.meta.url);
  const found = [...filesBelow("lib/")].filter((path) =>
    path.endsWith(".ts") &&
    Deno.readTextFileSync(new URL(path, root)).includes("connectStorage")
  );
  assertEquals(found.sort(), [
    // A thread that counts connects for itself.
    "lib/engine/dataset/count_worker.ts",
    // On the file thread, for the main thread.
    "lib/engine/files/file_calls.ts",
    "lib/engine/plan/connect_storage.ts",
    "lib/engine/run/storage_connections.ts",
    "lib/engine/threads/worker_storage.ts",
  ]);
});
