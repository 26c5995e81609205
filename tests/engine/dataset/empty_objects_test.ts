/** Empty objects are found in the listing, whichever of many they are. */
import { assert, assertRejects } from "@std/assert";
import { examineDataset } from "../../../lib/engine/dataset/examine_dataset.ts";
import { DatasetError } from "../../../lib/errors.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import {
  connect,
  LIBRARIES,
  optionsFor,
  settingsFor,
} from "../../storage/s3/s3_fixture.ts";
import { startS3rver } from "../../storage/s3/s3rver_server.ts";
import { aistoreKind } from "../../../lib/storage/aistore/aistore.ts";
import type { Storage } from "../../../lib/storage/storage.ts";
import { startFakeAistore } from "../../storage/aistore/fake_aistore.ts";
import { checkedOptions } from "../../storage/checked_options.ts";
import { putFile } from "../../storage/storage_contract.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

const FORMATS = await loadFormats();
/** More than are looked up one by one. */
const FILE_COUNT = 150;
/** None of those that are looked up. */
const EMPTY_FILE = 76;

/** A bucket of a server that is stopped with it. */
interface Bucket {
  readonly storage: Storage;
  stop(): Promise<void>;
}

async function s3Bucket(library: string): Promise<Bucket> {
  const server = await startS3rver();
  const options = optionsFor(server, {
    storage_library: library,
    verify: "none",
  });
  const storage = await connect(settingsFor(server.bucket, options));
  return { storage, stop: () => server.stop() };
}

async function aistoreBucket(): Promise<Bucket> {
  const cluster = await startFakeAistore();
  cluster.buckets.set("bucket", new Map());
  const storage = await aistoreKind.connect({
    kind: "aistore",
    root: "bucket",
    options: checkedOptions("aistore", { endpoint_url: cluster.endpoint }),
  });
  return { storage, stop: () => cluster.stop() };
}

const BUCKETS: Readonly<Record<string, () => Promise<Bucket>>> = {
  ...Object.fromEntries(
    LIBRARIES.map((library) => [library, () => s3Bucket(library)]),
  ),
  aistore: aistoreBucket,
};

for (const [name, start] of Object.entries(BUCKETS)) {
  Deno.test({
    name: `examineDataset() finds an empty object of many (${name})`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const { storage, stop } = await start();
      try {
        const nameOf = (file: number) =>
          `d/train/f${String(file).padStart(3, "0")}.npz`;
        for (let file = 0; file < FILE_COUNT; file++) {
          await putFile(
            storage,
            nameOf(file),
            new Uint8Array(file === EMPTY_FILE ? 0 : 8),
          );
        }
        const format = FORMATS["npz"];
        assert(format !== undefined);
        const workload = workloadOf(
          "dataset.data_folder=d",
          "dataset.format=npz",
          `dataset.num_files_train=${FILE_COUNT}`,
        );
        const examine = () =>
          examineDataset(describeWorkload(workload), {
            storage,
            format,
            wanted: { train: true, valid: false },
          });
        await assertRejects(
          examine,
          DatasetError,
          `"train/f076.npz" is not, it is empty`,
        );
        await putFile(storage, nameOf(EMPTY_FILE), new Uint8Array(8));
        await examine();
      } finally {
        storage.close?.();
        await stop();
      }
    },
  });
}
