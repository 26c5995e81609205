/**
 * Tests of `stoker saturate` as a whole, on null storage whose limit is known.
 * Steps sleep for much longer than a busy host delays them, and the limits are
 * half way between two numbers, so that the answer is exact.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { command } from "../../../lib/cli/commands/saturate.ts";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { readResults } from "../../../lib/results/results_reader.ts";
import { inTempFolder } from "../../engine/engine_fixture.ts";
import { testContext } from "../test_context.ts";

const COMPUTE_SECONDS = 0.04;
const RECORD_BYTES = 65536;
const BATCH_SIZE = 2;
const GOAL = 0.7;
const OPTIONS = "storage.storage_options";

/** One reader, one batch ahead: bytes and reads are those of the steps. */
const SETTINGS = [
  "storage.storage_type=null",
  "workflow.generate_data=false",
  "dataset.format=raw",
  "dataset.num_files_train=400",
  `dataset.record_length_bytes=${RECORD_BYTES}`,
  `reader.batch_size=${BATCH_SIZE}`,
  "reader.prefetch_size=1",
  `train.computation_time=${COMPUTE_SECONDS}`,
  `metric.au=${GOAL}`,
];

/** Runs a line; what it wrote. */
async function saturate(
  folder: string,
  words: readonly string[],
  { stopAtLine = Infinity }: { readonly stopAtLine?: number } = {},
) {
  const args = [
    "saturate",
    "--results",
    `${folder}/found`,
    "--probe-time=300ms",
    "--repeats=2",
    "--no-progress",
    ...SETTINGS,
    ...words,
  ];
  const test = testContext(args);
  const { context, stdout, interrupt } = test;
  const timer = setInterval(() => {
    if (stdout.text.split("\n").length > stopAtLine) interrupt.abort();
  }, 20);
  let error: unknown = null;
  try {
    await command.run(parseCommandLine(args), context);
  } catch (thrown) {
    error = thrown;
  } finally {
    clearInterval(timer);
  }
  const json = JSON.parse(
    Deno.readTextFileSync(`${folder}/found/saturate.json`),
  );
  return { ...test, error, json };
}

/** What one accelerator at full AU takes in a second. */
const BYTES_PER_SECOND = BATCH_SIZE * RECORD_BYTES / COMPUTE_SECONDS;
const READS_PER_SECOND = BATCH_SIZE / COMPUTE_SECONDS;

Deno.test("saturate finds the known answer of a storage that is limited in bytes, in reads, or late", async () => {
  const known = [
    {
      over: "accelerators",
      words: [
        "reader.read_threads=1",
        `${OPTIONS}.bytes_per_second=${
          Math.round(2.5 * GOAL * BYTES_PER_SECOND)
        }`,
      ],
      answer: 2,
      misses: 3,
    },
    {
      over: "accelerators",
      words: [
        "reader.read_threads=1",
        `${OPTIONS}.operations_per_second=${
          Math.round(1.5 * GOAL * READS_PER_SECOND)
        }`,
      ],
      answer: 1,
      misses: 2,
    },
    {
      // Each reader does a read at a time: one and a half are needed.
      over: "read_threads",
      words: [
        "--over=read_threads",
        "-n1",
        `${OPTIONS}.latency=${1.5 * COMPUTE_SECONDS / GOAL / BATCH_SIZE}s`,
      ],
      answer: 2,
      misses: 1,
    },
  ];
  await Promise.all(
    known.map(({ over, words, answer, misses }) =>
      inTempFolder(async (folder) => {
        const { error, json, stdout } = await saturate(folder, words);
        assertEquals(error, null);
        assertEquals(
          [json.over, json.answer, json.nearest_missing, json.answer_is_exact],
          [over, answer, misses, true],
          stdout.text,
        );
        assertEquals(json.limit, "storage", json.text);
        assertEquals(json.ended_by, "boundary");
        // The table grows by a line with each number; the answer comes last.
        assertStringIncludes(stdout.text, "measured again");
        assertStringIncludes(stdout.text, json.text);
        const page = Deno.readTextFileSync(`${folder}/found/saturate.html`);
        assertStringIncludes(page, 'data-chart="saturate-throughput"');
        // Every probe is a run of its own that can be read and repeated.
        const [point] = json.points;
        const { record, context } = await readResults(point.runs[0].folder);
        assertEquals(record.phases.map(({ kind }) => kind), ["train"]);
        assertEquals(context.commandLine[0], "run");
        assertEquals(record.complete || point.runs[0].was_cut, true);
      })
    ),
  );
});

Deno.test("a saturate that is interrupted saves and says the curve so far", async () => {
  await inTempFolder(async (folder) => {
    const { error, json, stdout } = await saturate(folder, [], {
      stopAtLine: 3,
    });
    assert(error !== null);
    assertEquals(json.ended_by, "interrupted");
    assertEquals(json.points.map(({ value }: { value: number }) => value), [
      1,
      2,
    ]);
    assertStringIncludes(stdout.text, "2 accelerators meet the AU goal");
    assertStringIncludes(stdout.text, "The search did not end");
  });
});
