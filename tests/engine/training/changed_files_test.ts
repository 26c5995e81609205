/**
 * Files that change while a run goes on: every format, on every storage, read
 * by the reader that its storage calls for. Each change is an error that
 * names the file; bytes that are not there are never counted as read.
 *
 * Null storage has no files, so none of them can change.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Workload } from "../../../lib/config/workload.ts";
import {
  type FakeCluster,
  startFakeAistore,
} from "../../storage/aistore/fake_aistore.ts";
import {
  startS3rver,
  type TestServer,
} from "../../storage/s3/s3rver_server.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { inTempFolder, smallWorkload } from "../engine_fixture.ts";
import { s3Workload } from "../s3_workload.ts";
import {
  CHANGED,
  FILE_COUNT,
  KINDS,
  Reading,
  settingsOf,
  titleOf,
} from "./reading_fixture.ts";

let s3: Promise<TestServer> | undefined;
let aistore: Promise<FakeCluster> | undefined;

Deno.test.afterAll(async () => {
  await (await s3)?.stop();
  await (await aistore)?.stop();
});

/** Storages to a workload whose data lies there, in `folder`. */
const PLACES: Readonly<
  Record<string, (folder: string, words: string[]) => Promise<Workload>>
> = {
  local_fs: (folder, words) => Promise.resolve(smallWorkload(folder, words)),
  direct_fs: (folder, words) =>
    Promise.resolve(smallWorkload(folder, [
      "reader.odirect=true",
      "reader.io_engine=sync",
      ...words,
    ])),
  "local_fs through io_uring": (folder, words) =>
    Promise.resolve(
      smallWorkload(folder, ["reader.io_engine=uring", ...words]),
    ),
  "direct_fs through io_uring": (folder, words) =>
    Promise.resolve(smallWorkload(folder, [
      "reader.odirect=true",
      "reader.io_engine=uring",
      ...words,
    ])),
  s3: async (folder, words) => {
    const server = await (s3 ??= startS3rver());
    return s3Workload(server, folder.slice(1), [server.endpoint], words);
  },
  aistore: async (folder, words) => {
    const cluster = await (aistore ??= startFakeAistore());
    cluster.buckets.set("bucket", new Map());
    return smallWorkload(folder.slice(1), [
      "storage.storage_type=aistore",
      "storage.storage_root=bucket",
      `storage.storage_options.endpoint_url=${cluster.endpoint}`,
      ...words,
    ]);
  },
};

/** A change of a file of `bytes`; null removes it. */
interface Change {
  readonly title: string;
  readonly content: (bytes: Uint8Array) => Uint8Array | null;
}

const CHANGES: readonly Change[] = [
  {
    title: "shortened",
    content: (bytes) => bytes.subarray(0, bytes.length / 2),
  },
  { title: "emptied", content: () => new Uint8Array(0) },
  {
    title: "lengthened",
    content: (bytes) => {
      const longer = new Uint8Array(2 * bytes.length);
      longer.set(bytes);
      longer.set(bytes, bytes.length);
      return longer;
    },
  },
  { title: "removed", content: () => null },
];

for (const [place, workloadIn] of Object.entries(PLACES)) {
  if (place.endsWith(" through io_uring") && !HAS_URING) continue;
  for (const kind of KINDS) {
    Deno.test(`${titleOf(kind)} on ${place}: a file that is shortened, emptied, lengthened or removed between epochs is an error that names it`, () =>
      inTempFolder(async (folder) => {
        const workload = await workloadIn(folder, settingsOf(kind));
        const reading = await Reading.of(workload, kind);
        let epoch = 1;
        for (const { title, content } of CHANGES) {
          assertEquals(await reading.epoch(epoch++), null);
          const changed = content(reading.content);
          await reading.change(changed);
          const message = (await reading.epoch(epoch++))?.message ?? "";
          assertStringIncludes(message, `/img_${CHANGED}_of_${FILE_COUNT}.`);
          assertStringIncludes(
            message,
            expectedText(reading, changed?.length ?? null),
            title,
          );
          await reading.write(CHANGED);
        }
        reading.storage.close?.();
      }));
  }
}

/** What the error of a file that now has so many bytes says. */
function expectedText(reading: Reading, haveBytes: number | null): string {
  const { content, isSized } = reading;
  if (haveBytes === null) return "Cannot ";
  if (isSized) {
    return `has another length: it has ${haveBytes} bytes, the dataset's ` +
      `settings give ${content.length}; "stoker verify"`;
  }
  if (haveBytes === 0) return "must have at least 1 byte: it is empty";
  return `must not change during a run: it has ${haveBytes} bytes, it had ` +
    `${content.length} when this run first read it`;
}
