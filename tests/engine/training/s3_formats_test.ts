/**
 * Every format through every client library: generate, train, evaluate,
 * verify.
 */
import { assert, assertEquals } from "@std/assert";
import { verifyDataset } from "../../../lib/engine/dataset/verify_dataset.ts";
import { loadFormats } from "../../../lib/formats/registry.ts";
import { LIBRARIES } from "../../storage/s3/s3_fixture.ts";
import {
  afterAllTests,
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { prepareSmall, quietHooks, runSmall } from "../engine_fixture.ts";
import { s3Workload, totalOf } from "../s3_workload.ts";

const FORMATS = await loadFormats();

/** Formats whose files hold one sample. */
const ONE_SAMPLE = ["jpeg", "png", "raw"];

let server: Promise<TestServer> | undefined;

afterAllTests(async () => {
  await (await server)?.stop();
});

for (const [name, format] of Object.entries(FORMATS)) {
  for (const library of LIBRARIES) {
    Deno.test(`${name} on s3 through ${library} is generated, read, verified`, async () => {
      const running = await (server ??= startS3rver());
      const samples = ONE_SAMPLE.includes(name) ? 1 : 4;
      const workload = s3Workload(
        running,
        `data/${library}/${name}`,
        [running.endpoint],
        [
          `dataset.format=${name}`,
          `storage.storage_options.storage_library=${library}`,
          "workflow.evaluation=true",
          "dataset.num_files_train=6",
          "dataset.num_files_eval=2",
          `dataset.num_samples_per_file=${samples}`,
          "train.epochs=1",
        ],
      );
      const { phases, error } = await runSmall(workload);
      assertEquals(error, null);
      const [generate, train, evaluate] = phases;
      assertEquals(totalOf(generate, "files"), 8);
      assertEquals(totalOf(train, "samples"), 6 * samples);
      assertEquals(totalOf(evaluate, "samples"), 2 * samples);
      if (format.reading === "whole_file") {
        const read = totalOf(train, "bytes") + totalOf(evaluate, "bytes");
        assertEquals(read, totalOf(generate, "bytes"));
        assertEquals(train?.endpoints?.[0]?.requests, 6);
        assertEquals(train?.endpoints?.[0]?.bytes, totalOf(train, "bytes"));
      }
      if (format.reading !== "nothing") {
        assert(train?.latencies.get !== undefined);
        assert(train.latencies.first_byte !== undefined);
      }
      assertEquals(train?.hosts[0]?.device.bytes, train?.bytesRequested);
      await using run = await prepareSmall(workload);
      const verified = await verifyDataset(
        run,
        quietHooks(),
        { threads: 2, sampleCount: null },
      );
      assertEquals([verified.checkedFiles, verified.damages], [8, []]);
    });
  }
}
