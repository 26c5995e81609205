import { allRanks } from "../../lib/cluster/ranks.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { DatasetError } from "../../lib/errors.ts";
import type { Storage } from "../../lib/storage/storage.ts";
import { LocalStorage } from "../../lib/storage/local/local.ts";
import { nullKind } from "../../lib/storage/null.ts";
import { containedBytes } from "../../lib/checkpoint/file_content.ts";
import { checkpointFiles } from "../../lib/checkpoint/checkpoint_files.ts";
import type { CheckpointPlan } from "../../lib/checkpoint/checkpoint_plan.ts";
import {
  checkpointFolder,
  checkRecord,
  recordPath,
  writeRecord,
} from "../../lib/checkpoint/checkpoint_record.ts";
import {
  RankTransfer,
  removeCheckpoint,
} from "../../lib/checkpoint/rank_transfer.ts";
import type { RankMeter } from "../../lib/checkpoint/rank_meter.ts";
import { TINY } from "./models.ts";
import {
  CountingMeter,
  recordingStorage,
  slowStorage,
} from "./storage_doubles.ts";

const ID = { epoch: 1, step: 3 };

class Meter extends CountingMeter implements RankMeter {
  finishedCount = 0;
  writing(): void {}
  reading(): void {}
  idle(): void {}
  ofFile(): this {
    return this;
  }
  finishedFile(): void {
    this.finishedCount++;
  }
}

function planFor(changes: Partial<CheckpointPlan> = {}): CheckpointPlan {
  return {
    storage: { kind: "local_fs", root: "", options: {} },
    folder: "ck",
    layout: {
      model: TINY,
      parallelism: { tensor: 2, pipeline: 1, data: 2, zeroStage: 1 },
    },
    ranks: allRanks(4),
    threadCount: 4,
    readersPerRank: 1,
    seed: 123,
    container: "raw",
    isRandom: true,
    chunkBytes: 4096,
    fsync: false,
    rankSync: false,
    verify: true,
    keepCount: null,
    rankShift: 0,
    stepsBetween: 0,
    afterEpoch: 1,
    epochsBetween: 1,
    ...changes,
  };
}

async function inFolder(
  test: (folder: string, storage: LocalStorage) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_checkpoint_" });
  try {
    await test(folder, new LocalStorage(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function saveAll(
  plan: CheckpointPlan,
  storage: LocalStorage,
): Promise<void> {
  await writeRecord(storage, plan, { id: ID, complete: false });
  const transfer = new RankTransfer(plan, storage);
  for (let rank = 0; rank < plan.ranks.total; rank++) {
    assert(await transfer.save(rank, ID, new Meter()));
  }
  await writeRecord(storage, plan, { id: ID, complete: true });
}

Deno.test("RankTransfer saves each rank's files and verifies them", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor();
    await saveAll(plan, storage);
    const names = [...Deno.readDirSync(`${folder}/ck/global_epoch1_step3`)];
    assertEquals(names.map(({ name }) => name).sort(), [
      "model_0_model_states.pt",
      "model_1_model_states.pt",
      "zero_pp_rank_0_mp_rank_0_optim_states.pt",
      "zero_pp_rank_0_mp_rank_1_optim_states.pt",
      "zero_pp_rank_1_mp_rank_0_optim_states.pt",
      "zero_pp_rank_1_mp_rank_1_optim_states.pt",
    ]);
    const transfer = new RankTransfer(plan, storage);
    const meter = new Meter();
    assert(await transfer.load(1, ID, meter));
    const files = checkpointFiles(plan.layout, 1);
    assertEquals(meter.finishedCount, files.length);
    assertEquals(
      meter.readBytes,
      files.reduce((sum, file) => sum + file.byteCount, 0),
    );
  }));

for (const verify of [false, true]) {
  const how = verify ? "verify" : "read";

  Deno.test(`RankTransfer: several readers ${how} every byte once`, () =>
    inFolder(async (_folder, storage) => {
      const saved = planFor({ container: "safetensors" });
      await saveAll(saved, storage);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom(4096, 8192, 65536),
          async (readerCount, chunkBytes) => {
            const plan = { ...saved, verify, chunkBytes };
            const reads: [string, number, number][] = [];
            let fileCount = 0;
            for (let reader = 0; reader < readerCount; reader++) {
              const recorder = recordingStorage(storage, reads);
              const transfer = new RankTransfer(plan, recorder);
              const meter = new Meter();
              assert(
                await transfer.load(0, ID, meter, { reader, readerCount }),
              );
              fileCount += meter.finishedCount;
            }
            const files = checkpointFiles(plan.layout, 0);
            assertEquals(fileCount, files.length);
            for (const file of files) {
              const path = `${checkpointFolder("ck", ID)}/${file.name}`;
              let offset = 0;
              const ofFile = reads.filter(([name]) => name === path)
                .toSorted((a, b) => a[1] - b[1]);
              for (const [, from, byteCount] of ofFile) {
                assertEquals(from, offset);
                offset += byteCount;
              }
              assertEquals(offset, containedBytes(file, plan.container));
            }
          },
        ),
        { seed: 5, numRuns: 12 },
      );
    }));
}

Deno.test("RankTransfer: each reader finds a flipped byte of its own part", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor();
    await saveAll(plan, storage);
    const [, file] = checkpointFiles(plan.layout, 0);
    const path = `${folder}/${checkpointFolder("ck", ID)}/${file?.name}`;
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    Deno.writeFileSync(path, bytes);
    const found: boolean[] = [];
    for (const reader of [0, 1, 2]) {
      const transfer = new RankTransfer(plan, storage);
      const load = transfer.load(0, ID, new Meter(), {
        reader,
        readerCount: 3,
      });
      found.push(
        await load.then(() => false, (error) => {
          assert(error.message.includes(`byte ${bytes.length - 1} must be`));
          return true;
        }),
      );
    }
    assertEquals(found.filter((hasFailed) => hasFailed), [true]);
  }));

Deno.test("RankTransfer loads in parts from storage that keeps nothing", async () => {
  const plan = planFor({ verify: false });
  const readerCount = 3;
  let readBytes = 0;
  for (let reader = 0; reader < readerCount; reader++) {
    const storage = await nullKind.connect(plan.storage);
    const meter = new Meter();
    const transfer = new RankTransfer(plan, storage);
    assert(await transfer.load(0, ID, meter, { reader, readerCount }));
    readBytes += meter.readBytes;
  }
  const files = checkpointFiles(plan.layout, 0);
  assertEquals(
    readBytes,
    files.reduce((sum, { byteCount }) => sum + byteCount, 0),
  );
});

Deno.test("RankTransfer writes no two files alike", () =>
  inFolder(async (folder, storage) => {
    await saveAll(planFor(), storage);
    const heads = new Set<string>();
    const path = `${folder}/ck/global_epoch1_step3`;
    for (const { name } of Deno.readDirSync(path)) {
      const bytes = Deno.readFileSync(`${path}/${name}`);
      heads.add(bytes.subarray(0, 32).toString());
    }
    assertEquals(heads.size, 6);
  }));

Deno.test("RankTransfer writes constant bytes if tensors are not random", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor({ isRandom: false });
    await saveAll(plan, storage);
    const path = `${folder}/ck/global_epoch1_step3/model_0_model_states.pt`;
    assert(Deno.readFileSync(path).every((byte) => byte === 1));
    assert(await new RankTransfer(plan, storage).load(0, ID, new Meter()));
  }));

Deno.test("RankTransfer finds a byte that another program changed", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor({ container: "safetensors" });
    await saveAll(plan, storage);
    const [file] = checkpointFiles(plan.layout, 2);
    const path = `${folder}/ck/global_epoch1_step3/${file?.name}`;
    const bytes = Deno.readFileSync(path);
    bytes[5000]! ^= 1;
    Deno.writeFileSync(path, bytes);
    const transfer = new RankTransfer(plan, storage);
    await assertRejects(
      () => transfer.load(2, ID, new Meter()),
      DatasetError,
      "byte 5000",
    );
    // without verify only lengths are looked at
    const lengths = new RankTransfer({ ...plan, verify: false }, storage);
    assert(await lengths.load(2, ID, new Meter()));
  }));

Deno.test("RankTransfer with a rank shift loads another rank's files", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor({ rankShift: 2 });
    await saveAll(plan, storage);
    const path = `${folder}/ck/global_epoch1_step3`;
    Deno.removeSync(`${path}/zero_pp_rank_0_mp_rank_0_optim_states.pt`);
    const transfer = new RankTransfer(plan, storage);
    assert(await transfer.load(0, ID, new Meter()));
    await assertRejects(() => transfer.load(2, ID, new Meter()));
  }));

Deno.test("RankTransfer says when a run was stopped", () =>
  inFolder(async (_folder, storage) => {
    const transfer = new RankTransfer(planFor(), storage);
    assertEquals(await transfer.save(0, ID, new Meter(1)), false);
  }));

Deno.test("RankTransfer takes two buffers for slow storage", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor({ verify: false });
    const slow = new RankTransfer(plan, slowStorage(folder));
    assert(await slow.save(0, ID, new Meter()));
    const verifier = new RankTransfer(planFor(), storage);
    assert(await verifier.load(0, ID, new Meter()));
  }));

Deno.test("checkRecord() accepts what was saved", () =>
  inFolder(async (_folder, storage) => {
    await saveAll(planFor(), storage);
    await checkRecord(storage, planFor(), ID);
  }));

Deno.test("checkRecord() refuses a checkpoint whose saving was interrupted", () =>
  inFolder(async (_folder, storage) => {
    await writeRecord(storage, planFor(), { id: ID, complete: false });
    await assertRejects(
      () => checkRecord(storage, planFor(), ID),
      DatasetError,
      "its saving was interrupted",
    );
  }));

Deno.test("checkRecord() names the settings that differ", () =>
  inFolder(async (_folder, storage) => {
    await saveAll(planFor(), storage);
    const other = planFor({ container: "safetensors", seed: 1 });
    const error = await assertRejects(
      () => checkRecord(storage, other, ID),
      DatasetError,
    );
    assert(error.message.includes("container is raw in the"), error.message);
    assert(error.message.includes("seed is 123 in the checkpoint"));
    // bytes that are not compared may be any
    await checkRecord(storage, planFor({ seed: 1, verify: false }), ID);
  }));

Deno.test("checkRecord() takes a foreign checkpoint unless it is verified", () =>
  inFolder(async (_folder, storage) => {
    await checkRecord(storage, planFor({ verify: false }), ID);
    await assertRejects(
      () => checkRecord(storage, planFor(), ID),
      DatasetError,
      "must be one that Stoker saved",
    );
  }));

Deno.test("checkRecord() refuses what is no record", () =>
  inFolder(async (folder, storage) => {
    const path = `${folder}/${recordPath("ck", ID)}`;
    Deno.mkdirSync(`${folder}/ck/.stoker`, { recursive: true });
    for (const text of ["{", "[]", '{"stoker_checkpoint": 2}', "null"]) {
      Deno.writeTextFileSync(path, text);
      await assertRejects(
        () => checkRecord(storage, planFor(), ID),
        DatasetError,
        "must be a checkpoint record",
      );
    }
  }));

Deno.test("removeCheckpoint() removes the checkpoint and its folder", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor();
    await saveAll(plan, storage);
    await removeCheckpoint(storage, plan, ID);
    assertEquals([...Deno.readDirSync(`${folder}/ck`)].map((e) => e.name), [
      ".stoker",
    ]);
    assertEquals(storage.sizeOf(recordPath("ck", ID)), null);
  }));

Deno.test("removeCheckpoint() leaves the files of others", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor();
    await saveAll(plan, storage);
    const path = `${folder}/${checkpointFolder("ck", ID)}`;
    Deno.writeTextFileSync(`${path}/notes.txt`, "mine");
    await removeCheckpoint(storage, plan, ID);
    assertEquals([...Deno.readDirSync(path)].map((e) => e.name), [
      "notes.txt",
    ]);
  }));

Deno.test("removeCheckpoint() has several removals in flight with asynchronous storage", () =>
  inFolder(async (folder, storage) => {
    const plan = planFor();
    await saveAll(plan, storage);
    let underWay = 0;
    let underWayMax = 0;
    const slow: Storage = {
      ...slowStorage(folder),
      remove: async (path) => {
        underWayMax = Math.max(underWayMax, ++underWay);
        await Promise.resolve();
        storage.remove(path);
        underWay--;
      },
    };
    await removeCheckpoint(slow, plan, ID);
    assert(underWayMax > 1);
    assertEquals([...Deno.readDirSync(`${folder}/ck`)].map((e) => e.name), [
      ".stoker",
    ]);
  }));
