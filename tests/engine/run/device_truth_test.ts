/**
 * Cache truth on real file systems: what the device really brought is what
 * the result says, with O_DIRECT and without.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cacheTruth, cacheWarning } from "../../../lib/metrics/cache_truth.ts";
import type { PhaseKind } from "../../../lib/metrics/phase_kinds.ts";
import type { PhaseRecord } from "../../../lib/metrics/run_record.ts";
import { runSmall, smallWorkload } from "../engine_fixture.ts";
import { HAS_URING } from "../../storage/has_uring.ts";
import {
  inMountedFolder,
  type MountKind,
  mountProblem,
  SMALLEST_BTRFS_BYTES,
  SMALLEST_XFS_BYTES,
} from "../../storage/mounted_folder.ts";

const FILE_BYTES = 1 << 20;
/** What stays of a file that is punched. */
const KEPT_BYTES = 64 << 10;
/** What readers may get beside the device, such as a page of a header. */
const NEARLY_NOTHING = 0.01;

const DISKS = [
  { kind: "ext4", sizeBytes: 64 << 20 },
  { kind: "xfs", sizeBytes: SMALLEST_XFS_BYTES },
] as const;

/** A test on one kind of file system; the name says why it is left out. */
function onDisk(
  { kind, sizeBytes }: { kind: MountKind; sizeBytes: number },
  name: string,
  fn: (folder: string) => Promise<void>,
) {
  const problem = mountProblem(kind);
  Deno.test({
    name: `${kind}: ${name}` + (problem === null ? "" : ` (${problem})`),
    ignore: problem !== null,
    fn: () => inMountedFolder(kind, sizeBytes, ({ path }) => fn(path)),
  });
}

/** The settings of all runs: few files that are long enough to be punched. */
function workloadIn(folder: string, ...overrides: readonly string[]) {
  return smallWorkload(`${folder}/data`, [
    `dataset.record_length_bytes=${FILE_BYTES}`,
    `checkpoint.checkpoint_folder=${folder}/ck`,
    "train.epochs=1",
    ...overrides,
  ]);
}

/** Runs without a failure. */
async function phasesOf(
  ...args: Parameters<typeof runSmall>
): Promise<readonly PhaseRecord[]> {
  const { phases, error } = await runSmall(...args);
  assertEquals(error, null);
  return phases;
}

/** What is said of the phases of one kind. */
function truthOf(phases: readonly PhaseRecord[], kind: PhaseKind) {
  const truth = cacheTruth(phases.filter((phase) => phase.kind === kind));
  return {
    hitFraction: truth.hitFraction ?? NaN,
    source: truth.source,
    warning: cacheWarning(kind, truth) ?? "",
  };
}

/** Punches a hole into every file, all but its beginning. */
async function punch(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      await punch(path);
      continue;
    }
    const { size } = await Deno.stat(path);
    if (size <= KEPT_BYTES) continue;
    const where = ["-o", `${KEPT_BYTES}`, "-l", `${size - KEPT_BYTES}`];
    const { success } = await new Deno.Command("fallocate", {
      args: ["-p", ...where, path],
    }).output();
    assert(success);
  }
}

const TRAIN_ONLY = ["workflow.generate_data=false"];
const WAYS = {
  "O_DIRECT": ["reader.odirect=true"],
  "a dropped page cache": ["storage.drop_caches=before_epoch"],
};

for (const disk of DISKS) {
  for (const [way, settings] of Object.entries(WAYS)) {
    onDisk(
      disk,
      `ordinary files come from the device with ${way}`,
      async (folder) => {
        const phases = await phasesOf(workloadIn(folder, ...settings));
        const { hitFraction, warning } = truthOf(phases, "train");
        assert(hitFraction <= NEARLY_NOTHING, `${hitFraction}`);
        assertEquals(warning, "");
      },
    );

    onDisk(
      disk,
      `punched files do not come from the device with ${way}`,
      async (folder) => {
        await phasesOf(workloadIn(folder, "workflow.train=false"));
        await punch(`${folder}/data/train`);
        const phases = await phasesOf(
          workloadIn(folder, ...TRAIN_ONLY, ...settings),
        );
        const { hitFraction, warning } = truthOf(phases, "train");
        assert(hitFraction > 0.9, `${hitFraction}`);
        assertStringIncludes(warning, "did not come from the device");
        assertStringIncludes(
          warning,
          "of 12 files that were looked at are holes",
        );
      },
    );
  }

  onDisk(
    disk,
    "checkpoints with O_DIRECT reach the device, punched ones do not",
    async (folder) => {
      const checkpoints = [
        ...["workflow.generate_data=false", "workflow.train=false"],
        ...["workflow.checkpoint=true", "reader.odirect=true"],
        "model.model_size=1048576",
        "checkpoint.fsync=true",
      ];
      const run = (writes: number, reads: number) =>
        phasesOf(workloadIn(
          folder,
          ...checkpoints,
          `checkpoint.num_checkpoints_write=${writes}`,
          `checkpoint.num_checkpoints_read=${reads}`,
        ));
      const whole = await run(1, 1);
      for (const kind of ["save_checkpoint", "load_checkpoint"] as const) {
        const { hitFraction, source } = truthOf(whole, kind);
        assert(hitFraction <= NEARLY_NOTHING, `${kind} ${hitFraction}`);
        assertStringIncludes(source, "O_DIRECT, /proc/self/io");
      }
      await punch(`${folder}/ck`);
      const { hitFraction, warning } = truthOf(
        await run(0, 1),
        "load_checkpoint",
      );
      assert(hitFraction > 0.8, `${hitFraction}`);
      assertStringIncludes(warning, "are holes");
    },
  );

  for (
    const [engine, counter] of [
      ["sync", "/proc/thread-self/io write_bytes of the checkpointers"],
      ["auto", "/proc/self/io write_bytes of the process"],
    ] as const
  ) {
    onDisk(
      disk,
      `checkpoints between steps are counted apart from what is read (${engine})`,
      async (folder) => {
        const phases = await phasesOf(workloadIn(
          folder,
          ...["workflow.checkpoint=true", "reader.odirect=true"],
          ...["checkpoint.steps_between_checkpoints=2"],
          "model.model_size=1048576",
          `reader.io_engine=${engine}`,
        ));
        const { hitFraction, source } = truthOf(phases, "save_checkpoint");
        assert(hitFraction <= NEARLY_NOTHING, `${hitFraction}`);
        if (engine === "sync" || HAS_URING) {
          assertStringIncludes(source, `O_DIRECT, ${counter}`);
        }
      },
    );
  }
}

onDisk(
  { kind: "btrfs", sizeBytes: SMALLEST_BTRFS_BYTES },
  "a run with O_DIRECT is warned of compression before it begins",
  async (folder) => {
    const warnings: string[] = [];
    await phasesOf(workloadIn(folder, "reader.odirect=true"), {
      onWarning: (text) => warnings.push(text),
    });
    assertStringIncludes(
      warnings.join("\n"),
      `O_DIRECT is meaningless for the dataset in ${folder}/data: btrfs with ` +
        `compress-force=zstd`,
    );
  },
);

onDisk(
  { kind: "tmpfs", sizeBytes: 32 << 20 },
  "O_DIRECT is warned of and refused, since there is no device",
  async (folder) => {
    const warnings: string[] = [];
    const run = runSmall(workloadIn(folder, "reader.odirect=true"), {
      onWarning: (text) => warnings.push(text),
    });
    const error = await run.then(({ error }) => error, (thrown) => thrown);
    assertStringIncludes(String(error), "tmpfs keeps files in memory");
    assertStringIncludes(
      warnings.join("\n"),
      "O_DIRECT is meaningless for the dataset",
    );
  },
);

onDisk(
  { kind: "tmpfs", sizeBytes: 32 << 20 },
  "buffered files are said to be in memory, and another folder is advised",
  async (folder) => {
    const phases = await phasesOf(workloadIn(folder));
    const { hitFraction, warning } = truthOf(phases, "train");
    assert(hitFraction > 0.99, `${hitFraction}`);
    assertStringIncludes(warning, "tmpfs keeps files in memory");
    assertStringIncludes(warning, "Use a folder on a storage device");
  },
);
