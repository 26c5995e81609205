/**
 * What goes wrong with checkpoints while they are saved and loaded: each is
 * one clear error, the checkpoint before stays whole, the partial one is
 * recognized.
 *
 * Full and failing devices are mounted by root; others skip those tests.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tempTakesDirect } from "../../storage/direct/takes_direct.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import { inMountedFolder, mayMount } from "../../storage/mounted_folder.ts";
import {
  inTempFolder,
  runSmall,
  smallWorkload,
  WITHOUT_ROOM_CHECK,
} from "../engine_fixture.ts";

const isRoot = mayMount("tmpfs", "ext4");
const MAIN = new URL("../../../main.ts", import.meta.url).pathname;
const MIB = 2 ** 20;

/** Two ranks that each write a blob. */
function settingsOf(folder: string, rankBytes: number): string[] {
  return [
    "workflow.generate_data=false",
    "workflow.train=false",
    "workflow.checkpoint=true",
    "checkpoint.type=all_ranks",
    `model.model_size_bytes=${rankBytes}`,
    `checkpoint.checkpoint_folder=${folder}/ck`,
  ];
}

/** Loads and verifies the first `count` checkpoints. */
async function loadError(
  folder: string,
  rankBytes: number,
  count: number,
): Promise<string | null> {
  const workload = smallWorkload(folder, [
    ...settingsOf(folder, rankBytes),
    `checkpoint.num_checkpoints_read=${count}`,
    "checkpoint.verify=true",
  ]);
  const { error } = await runSmall(workload, { accelerators: 2 });
  return error?.message ?? null;
}

function namesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** `reader.io_engine`, and what is said of it. */
const ENGINES = HAS_URING
  ? [["sync", ""], ["uring", " through io_uring"]] as const
  : [["sync", ""]] as const;

/**
 * A file system that is full, and how checkpoints are written to it. Of many
 * writes in flight the one that finds it full may be the first to end.
 */
const FULL = ENGINES.flatMap(([engine, how]) => {
  const settings = [`reader.io_engine=${engine}`];
  const leastRanks = engine === "sync" ? 1.5 : 0;
  return [
    { kind: "tmpfs", how, leastRanks, settings },
    {
      kind: "ext4",
      how,
      leastRanks,
      settings: [...settings, "reader.odirect=true"],
    },
  ] as const;
});

for (const { kind, how, leastRanks, settings } of FULL) {
  Deno.test({
    name:
      `a disk that is full at 90 % of a checkpoint fails the run and leaves the one before whole (${kind}${how})`,
    ignore: !isRoot,
    fn: () =>
      inMountedFolder(kind, 32 * MIB, async ({ path }) => {
        // Leaves room for the first checkpoint and 90 % of the second.
        const rankBytes = 6 * MIB;
        const spareBytes = freeBytesOf(path) - Math.floor(3.8 * rankBytes);
        Deno.writeFileSync(`${path}/others`, new Uint8Array(spareBytes));
        const { error, phases } = await runSmall(
          smallWorkload(path, [
            ...settingsOf(path, rankBytes),
            "checkpoint.num_checkpoints_write=2",
            "checkpoint.chunk_size=64KiB",
            ...settings,
          ]),
          { accelerators: 2, ...WITHOUT_ROOM_CHECK },
        );
        assertStringIncludes(error?.message ?? "", "Cannot write");
        assertStringIncludes(error?.message ?? "", "global_epoch1_step2");
        assertStringIncludes(error?.message ?? "", "ENOSPC");
        assertEquals(phases.map(({ complete }) => complete), [true, false]);
        const { bytesRequested = 0 } = phases[1] ?? {};
        assert(bytesRequested >= leastRanks * rankBytes, `${bytesRequested}`);
        assert(bytesRequested < 2 * rankBytes, `${bytesRequested}`);
        assertEquals(await loadError(path, rankBytes, 1), null);
        assertEquals(
          namesOf(`${path}/ck/global_epoch1_step2`)
            .filter((name) => name.endsWith(".stoker-partial")),
          [],
        );
        const load = await loadError(path, rankBytes, 2);
        assertStringIncludes(load ?? "", "its saving was interrupted");
      }),
  });
}

/** What can still be written there. */
function freeBytesOf(path: string): number {
  const { stdout } = new Deno.Command("df", {
    args: ["--output=avail", "-B1", path],
  }).outputSync();
  return Number(new TextDecoder().decode(stdout).split("\n")[1]);
}

const CACHES = [false, true].flatMap((odirect) =>
  ENGINES.map(([engine, through]) => ({
    odirect,
    how: `${odirect ? "with O_DIRECT" : "buffered"}${through}`,
    settings: [`reader.odirect=${odirect}`, `reader.io_engine=${engine}`],
  }))
);

for (const { odirect, how, settings } of CACHES) {
  Deno.test({
    name: `a device that cannot write back fails the run with EIO, ${how}`,
    ignore: !isRoot,
    fn: () =>
      // The device is larger than what its image can take.
      inMountedFolder("tmpfs", 8 * MIB, ({ path: small }) =>
        inMountedFolder("ext4", 64 * MIB, async ({ path }) => {
          const { error, phases } = await runSmall(
            smallWorkload(path, [
              ...settingsOf(path, 8 * MIB),
              "checkpoint.num_checkpoints_write=1",
              "checkpoint.fsync=true",
              ...settings,
            ]),
            { accelerators: 2 },
          );
          const operation = odirect ? "write" : "fsync";
          assertStringIncludes(error?.message ?? "", `Cannot ${operation} `);
          // With O_DIRECT the loop device passes ENOSPC on as it is.
          assert(
            /\(EIO\)|\(ENOSPC\)/.test(error?.message ?? ""),
            error?.message,
          );
          assertEquals(
            phases.map(({ complete }) =>
              complete
            ),
            [false],
          );
        }, small)),
  });
}

/** Runs the command line. */
function stoker(folder: string, rankBytes: number, ...args: string[]) {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-all",
      MAIN,
      "run",
      `${folder}/w.yaml`,
      "-n2",
      "--no-progress",
      ...settingsOf(folder, rankBytes),
      ...args,
    ],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}

/** More than are ever saved, and fewer than fill a small disk. */
const MANY = 100;

/** Starts saving and waits for the second checkpoint to be in flight. */
async function startSaving(
  folder: string,
  rankBytes: number,
  settings: readonly string[],
): Promise<Deno.ChildProcess> {
  Deno.writeTextFileSync(`${folder}/w.yaml`, "framework: pytorch\n");
  const child = stoker(
    folder,
    rankBytes,
    `checkpoint.num_checkpoints_write=${MANY}`,
    "checkpoint.chunk_size=64KiB",
    `--results=${folder}/r`,
    ...settings,
  ).spawn();
  let isEnded = false;
  child.status.then(() => isEnded = true);
  while (!isEnded) {
    if (isSavingOneMore(`${folder}/ck`)) return child;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(await new Response(child.stderr).text());
}

/** A busy machine may see any of them but the first. */
function isSavingOneMore(folder: string): boolean {
  try {
    return namesOf(folder).some((name) =>
      /^global_epoch1_step(?!1$)/.test(name) &&
      namesOf(`${folder}/${name}`).some((file) =>
        file.endsWith(".stoker-partial")
      )
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** Checkpoints whose records say that they are whole, and that they are not. */
function recordsOf(folder: string): { whole: number[]; partial: number[] } {
  const whole: number[] = [];
  const partial: number[] = [];
  for (const name of namesOf(`${folder}/ck/.stoker`)) {
    const text = Deno.readTextFileSync(`${folder}/ck/.stoker/${name}`);
    const { complete, step } = JSON.parse(text);
    (complete ? whole : partial).push(step);
  }
  const byNumber = (a: number, b: number) => a - b;
  return { whole: whole.sort(byNumber), partial: partial.sort(byNumber) };
}

/** One call after another; many in flight past the page cache. */
const SAVES = [
  { how: "", settings: [] },
  ...(HAS_URING && tempTakesDirect()
    ? [{
      how: " with O_DIRECT through io_uring",
      settings: ["reader.odirect=true", "reader.io_engine=uring"],
    }]
    : []),
];

for (const { how, settings } of SAVES) {
  Deno.test(`kill -9 while saving${how} leaves whole checkpoints and one that the next run recognizes`, () =>
    inTempFolder(async (folder) => {
      const rankBytes = 32 * MIB;
      const child = await startSaving(folder, rankBytes, settings);
      child.kill("SIGKILL");
      await child.stderr.cancel();
      await child.status;
      const { whole, partial } = recordsOf(folder);
      assertEquals(partial, [whole.length + 1]);
      assertEquals(await loadError(folder, rankBytes, whole.length), null);
      const count = whole.length + 1;
      const load = await loadError(folder, rankBytes, count);
      assertStringIncludes(load ?? "", "its saving was interrupted");
      // Saving again writes over what is left, and all is whole.
      const again = await runSmall(
        smallWorkload(folder, [
          ...settingsOf(folder, rankBytes),
          `checkpoint.num_checkpoints_write=${count}`,
        ]),
        { accelerators: 2 },
      );
      assertEquals(again.error, null);
      assertEquals(await loadError(folder, rankBytes, count), null);
      assertEquals(namesOf(`${folder}/ck/global_epoch1_step${count}`), [
        "model_states-0.pt",
        "model_states-1.pt",
      ]);
    }));

  Deno.test(`Ctrl-C while saving${how} ends with 130, removes partial files and keeps whole checkpoints`, () =>
    inTempFolder(async (folder) => {
      const rankBytes = 32 * MIB;
      const child = await startSaving(folder, rankBytes, settings);
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      const said = new TextDecoder().decode(stderr);
      assertEquals(code, 130, said);
      assertStringIncludes(said, "Interrupted by SIGINT");
      const summary = Deno.readTextFileSync(`${folder}/r/summary.json`);
      assertEquals(JSON.parse(summary).complete, false);
      const { whole } = recordsOf(folder);
      assertEquals(await loadError(folder, rankBytes, whole.length), null);
      for (const name of namesOf(`${folder}/ck`)) {
        const left = namesOf(`${folder}/ck/${name}`);
        assert(!left.some((file) => file.endsWith(".stoker-partial")), name);
      }
    }));
}

Deno.test("a flipped byte is found by run --verify, and by nothing else", () =>
  inTempFolder(async (folder) => {
    const rankBytes = MIB;
    Deno.writeTextFileSync(`${folder}/w.yaml`, "framework: pytorch\n");
    const workload = smallWorkload(folder, [
      ...settingsOf(folder, rankBytes),
      "checkpoint.num_checkpoints_write=1",
    ]);
    await runSmall(workload, { accelerators: 2 });
    const path = `${folder}/ck/global_epoch1_step1/model_states-1.pt`;
    const bytes = Deno.readFileSync(path);
    bytes[rankBytes - 7]! ^= 0x10;
    Deno.writeFileSync(path, bytes);
    const load = (...flags: string[]) =>
      stoker(
        folder,
        rankBytes,
        "checkpoint.num_checkpoints_read=1",
        ...flags,
      ).output();
    const [verified, plain] = await Promise.all([
      load("--verify", `--results=${folder}/a`),
      load(`--results=${folder}/b`),
    ]);
    assertEquals(plain.code, 0);
    assertEquals(verified.code, 1);
    assertStringIncludes(
      new TextDecoder().decode(verified.stderr),
      `model_states-1.pt": byte ${rankBytes - 7} must be`,
    );
  }));
