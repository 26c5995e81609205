/**
 * Runs whose files change between two epochs, from settings to the error that
 * the user sees. All formats and storages: `changed_files_test.ts`.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder, runSmall, smallWorkload } from "../engine_fixture.ts";

/** More files than a reader keeps indexes of, so each is parsed again. */
const MANY_FILES = [
  "dataset.num_files_train=32",
  "dataset.num_samples_per_file=10",
  "dataset.record_dims=[1000]",
  "reader.batch_size=10",
  "reader.sample_shuffle=seed",
];
const NAME = "img_05_of_32";

/** Ways to read local files. */
const WAYS = [["buffered", false], ["with O_DIRECT", true]] as const;

/** Cuts a file in half before epoch 2. @returns What the run ended with. */
async function runWithCut(
  workload: ReturnType<typeof smallWorkload>,
  path: string,
) {
  let haveBytes = 0;
  const { phases, error } = await runSmall(workload, {}, {
    onPhaseBegin: ({ kind, epoch }) => {
      if (kind !== "train" || epoch !== 2) return;
      haveBytes = Deno.statSync(path).size;
      Deno.truncateSync(path, haveBytes / 2);
    },
  });
  return { phases, message: error?.message ?? "", haveBytes };
}

for (const [way, odirect] of WAYS) {
  for (const format of ["indexed_binary", "mmap_indexed_binary"]) {
    Deno.test(`${way}: one of 32 files of ${format} that is cut to half of its length is no full file`, () =>
      inTempFolder(async (folder) => {
        const { phases, message } = await runWithCut(
          smallWorkload(folder, [
            ...MANY_FILES,
            `dataset.format=${format}`,
            `reader.odirect=${odirect}`,
            // Two would keep the indexes of all.
            "reader.read_threads=1",
          ]),
          `${folder}/train/${NAME}.${format}`,
        );
        assertStringIncludes(
          message,
          `${NAME}.${format}" as the dataset's file has another length: it ` +
            "has 5000 bytes, the dataset's settings give 10000",
        );
        assertStringIncludes(message, "of rank 0]");
        assertEquals(phases.map(({ complete }) => complete), [
          true,
          true,
          false,
        ]);
      }));
  }

  for (const format of ["csv", "indexed_binary"]) {
    Deno.test(`${way}: a file of others' ${format} that is cut is noticed by whichever reader comes to it next`, () =>
      inTempFolder(async (folder) => {
        const settings = [
          ...MANY_FILES,
          `dataset.format=${format}`,
          `reader.odirect=${odirect}`,
        ];
        await runSmall(smallWorkload(folder, [
          ...settings,
          "workflow.train=false",
        ]));
        // Without it the files are those of somebody else.
        Deno.removeSync(`${folder}/.stoker`, { recursive: true });
        const { message, haveBytes } = await runWithCut(
          smallWorkload(folder, [...settings, "workflow.generate_data=false"]),
          `${folder}/train/${NAME}.${format}`,
        );
        assertStringIncludes(
          message,
          `${NAME}.${format}" as a dataset's files must not change during ` +
            `a run: it has ${Math.floor(haveBytes / 2)} bytes, it had ` +
            `${haveBytes} when this run first read it`,
        );
      }));
  }

  Deno.test(`${way}: a file that another of the same length replaces is read as it is`, () =>
    inTempFolder(async (folder) => {
      const path = `${folder}/train/${NAME}.npy`;
      const { phases, error } = await runSmall(
        smallWorkload(folder, [
          ...MANY_FILES,
          "dataset.format=npy",
          `reader.odirect=${odirect}`,
        ]),
        {},
        {
          onPhaseBegin: ({ kind, epoch }) => {
            if (kind !== "train" || epoch !== 2) return;
            Deno.writeFileSync(path, new Uint8Array(Deno.statSync(path).size));
          },
        },
      );
      assertEquals(error, null);
      assertEquals(phases.length, 3);
    }));
}
