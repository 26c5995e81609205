/**
 * What goes wrong with local files while a run goes on: each is one clear
 * error with thread, rank and file, and nothing wrong is counted as read.
 *
 * The device that fails is a loop device over a file that is cut short: it
 * answers with EIO behind the cut. Root mounts it; others skip those tests.
 */
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { StorageError } from "../../../lib/errors.ts";
import { STORAGE_KINDS } from "../../../lib/storage/kinds.ts";
import type { OpenedFile, Storage } from "../../../lib/storage/storage.ts";
import { inMountedFolder, mayMount } from "../../storage/mounted_folder.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { openWrites, WriteRecorder } from "../../storage/queued_storage.ts";
import { alignedBuffer, contentOf } from "../../storage/storage_contract.ts";
import {
  inTempFolder,
  runSmall,
  smallWorkload,
  WITHOUT_ROOM_CHECK,
} from "../engine_fixture.ts";

const mayMountDisk = mayMount("ext4");

async function storageIn(kind: string, root: string): Promise<Storage> {
  return await STORAGE_KINDS[kind]?.connect({
    kind,
    root,
    options: {},
  }) as Storage;
}

/** Begins to write over a file that is there, in place. */
async function creatorOf(
  storage: Storage,
  engine: string,
): Promise<(path: string) => unknown> {
  const options = { expectedBytes: 10, atomic: false, fsync: false };
  if (engine === "sync") return (path) => storage.create(path, options);
  const queue = await openWrites(storage);
  const meter = new WriteRecorder();
  return (path) =>
    queue.create(path, { ...options, file: 0, meter, onDone: () => {} });
}

/** `reader.odirect` and what it is called. */
const WAYS = [
  [false, "buffered", "local_fs"],
  [true, "with O_DIRECT", "direct_fs"],
] as const;

/** The same, and how files are read and written: `reader.io_engine`. */
const ENGINE_WAYS = WAYS.flatMap(([odirect, way, kind]) =>
  (HAS_URING ? ["sync", "uring"] : ["sync"]).map((engine) => ({
    settings: [`reader.odirect=${odirect}`, `reader.io_engine=${engine}`],
    way: engine === "sync" ? way : `${way} through io_uring`,
    kind,
    engine,
  }))
);

for (const { settings, way, kind, engine } of ENGINE_WAYS) {
  Deno.test(`${way}: a file that is removed before it is opened is named with reader and rank`, () =>
    inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, settings);
      const { phases, error } = await runSmall(workload, {}, {
        onPhaseBegin: ({ epoch }) => {
          if (epoch === 2) Deno.removeSync(`${folder}/train/img_05_of_12.npz`);
        },
      });
      assertStringIncludes(
        error?.message ?? "",
        `Cannot open "${folder}/train/img_05_of_12.npz": `,
      );
      assertStringIncludes(error?.message ?? "", "(ENOENT) [reader ");
      assertStringIncludes(error?.message ?? "", "of rank 0]");
      // What was measured before is kept, the rest is marked.
      assertEquals(phases.map(({ complete }) => complete), [true, true, false]);
    }));

  Deno.test(`${way}: a file that is cut while the run goes on is no full file`, () =>
    inTempFolder(async (folder) => {
      const workload = smallWorkload(folder, settings);
      const { error } = await runSmall(workload, {}, {
        onPhaseBegin: ({ epoch }) => {
          if (epoch === 2) {
            Deno.truncateSync(`${folder}/train/img_05_of_12.npz`, 4096);
          }
        },
      });
      assertStringIncludes(error?.message ?? "", "img_05_of_12.npz");
      assertStringIncludes(error?.message ?? "", "it has 4096 bytes");
    }));

  Deno.test({
    name:
      `${way}: a device that fails is one error, what it did not give is not counted`,
    ignore: !mayMountDisk,
    fn: () =>
      inMountedFolder("ext4", 64 << 20, async ({ path, breakDevice }) => {
        const files = [
          ...settings,
          "dataset.record_length_bytes=4194304",
          "dataset.num_files_eval=0",
        ];
        await runSmall(smallWorkload(`${path}/d`, [
          ...files,
          "workflow.train=false",
        ]));
        await breakDevice(24 << 20);
        const { phases, error } = await runSmall(smallWorkload(`${path}/d`, [
          ...files,
          "workflow.generate_data=false",
        ])).catch((error: Error) => ({ phases: [], error }));
        assertStringIncludes(error?.message ?? "", "EIO");
        assertStringIncludes(error?.message ?? "", `"${path}/d/`);
        assertStringIncludes(error?.message ?? "", "of rank 0]");
        const [train] = phases;
        assertEquals(train?.complete, false);
        assertLessOrEqual(train?.bytesRequested ?? 0, 24 << 20);
      }),
  });

  Deno.test({
    name: `${way}: a full disk is one error that names generator and file`,
    ignore: !mayMountDisk,
    fn: () =>
      inMountedFolder("ext4", 8 << 20, async ({ path }) => {
        const { error } = await runSmall(
          smallWorkload(`${path}/d`, [
            "dataset.record_length_bytes=1048576",
            ...settings,
          ]),
          WITHOUT_ROOM_CHECK,
        );
        assertStringIncludes(error?.message ?? "", "no space left on device");
        assertStringIncludes(error?.message ?? "", "ENOSPC");
        assertStringIncludes(error?.message ?? "", "[generator ");
        assertStringIncludes(error?.message ?? "", `"${path}/d/`);
        // Nothing is left that a continued generation would take for whole.
        for (const { name } of Deno.readDirSync(`${path}/d/train`)) {
          const { size } = Deno.statSync(`${path}/d/train/${name}`);
          assert(size > 1048576, `${name} has ${size} bytes`);
        }
      }),
  });

  Deno.test({
    name:
      `${way}: permission that is taken away is EACCES with the file's name`,
    ignore: !mayMountDisk,
    fn: () =>
      inTempFolder(async (folder) => {
        Deno.writeFileSync(`${folder}/x`, contentOf(5000));
        const storage = await storageIn(kind, folder);
        const file = await storage.open("x") as OpenedFile;
        const create = await creatorOf(storage, engine);
        Deno.chmodSync(`${folder}/x`, 0o000);
        asNobody(() => {
          const error = assertThrows(() => storage.open("x"), StorageError);
          assertEquals(error.code, "EACCES");
          assertEquals(error.path, `${folder}/x`);
          assertThrows(() => create("x"), StorageError, "(EACCES)");
        });
        // What is open stays open.
        assertEquals(await file.readInto(alignedBuffer(8192), 0), 5000);
        await file.close();
      }),
  });
}

for (const [, way, kind] of WAYS) {
  Deno.test(`${way}: a file that is removed while it is read is read to its end`, () =>
    inTempFolder(async (folder) => {
      const content = contentOf(300_000);
      Deno.writeFileSync(`${folder}/x`, content);
      const file = await (await storageIn(kind, folder)).open(
        "x",
      ) as OpenedFile;
      const buffer = alignedBuffer(65536 * 5);
      assertEquals(await file.readInto(buffer.subarray(0, 65536), 0), 65536);
      Deno.removeSync(`${folder}/x`);
      const rest = buffer.subarray(65536, content.length);
      assertEquals(await file.readInto(rest, 65536), rest.length);
      await file.close();
      assert(content.every((byte, index) => byte === buffer[index]));
    }));
}

Deno.test({
  name: "a full memory file system is ENOSPC as well",
  ignore: !mayMount("tmpfs"),
  fn: () =>
    inMountedFolder("tmpfs", 256 << 10, async ({ path }) => {
      const { error } = await runSmall(
        smallWorkload(`${path}/d`, [
          "dataset.record_length_bytes=65536",
        ]),
        WITHOUT_ROOM_CHECK,
      );
      assertStringIncludes(error?.message ?? "", "(ENOSPC)");
    }),
});

/**
 * Acts with the rights of nobody: of this thread alone, and for files alone,
 * so that tests beside it notice nothing.
 */
function asNobody(act: () => void): void {
  const libc = Deno.dlopen("libc.so.6", {
    setfsuid: { parameters: ["u32"], result: "i32" },
  });
  libc.symbols.setfsuid(65534);
  try {
    act();
  } finally {
    libc.symbols.setfsuid(0);
    libc.close();
  }
}
