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
import { putFile } from "../../storage/storage_contract.ts";
import { describeWorkload, workloadOf } from "../workload_of.ts";

const FORMATS = await loadFormats();
/** More than are looked up one by one. */
const FILE_COUNT = 150;
/** None of those that are looked up. */
const EMPTY_FILE = 76;

for (const library of LIBRARIES) {
  Deno.test({
    name: `examineDataset() finds an empty object of many (${library})`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const server = await startS3rver();
      const storage = await connect(
        settingsFor(
          server.bucket,
          optionsFor(server, { storage_library: library, verify: "none" }),
        ),
      );
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
        await server.stop();
      }
    },
  });
}
