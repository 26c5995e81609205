/** Tests of lib/cli/saturate/: flags, settings, lines of probes. */
import { assertEquals, assertThrows } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import {
  loadWorkload,
  type RequestedWorkload,
} from "../../../lib/cli/line/workload_settings.ts";
import { probeLine } from "../../../lib/cli/saturate/probe_line.ts";
import {
  dropsCaches,
  requireSearchable,
  saturateOptions,
} from "../../../lib/cli/saturate/saturate_options.ts";
import { ConfigError, UsageError } from "../../../lib/errors.ts";
import { SEARCH_QUANTITIES } from "../../../lib/saturate/search_quantity.ts";
import { testContext } from "../test_context.ts";

const ACCELERATORS = SEARCH_QUANTITIES.accelerators!;

async function requested(
  words: readonly string[],
): Promise<RequestedWorkload> {
  const args = ["saturate", ...words];
  return await loadWorkload(parseCommandLine(args), testContext(args).context);
}

Deno.test("flags that a search cannot use are refused with what they must be", () => {
  const optionsOf = (...words: string[]) =>
    saturateOptions(parseCommandLine(["saturate", ...words]));
  assertEquals(optionsOf("-n", "4").first, 4);
  assertEquals(optionsOf("-n", "4", "--over", "read_threads").first, 1);
  assertEquals(optionsOf().probeSeconds, 10);
  for (
    const [words, text] of [
      [["--over", "read_thread"], 'did you mean "read_threads"'],
      [["--max", "3", "-n", "4"], "begins with 4"],
      [["--repeats", "1"], "at least 2"],
      [["--probe-time", "2"], "number with a unit"],
      [["--probe-time", "0s"], "longer than 0s"],
    ] as const
  ) assertThrows(() => optionsOf(...words), UsageError, text);
});

Deno.test("a workload without an AU to search by is refused", async () => {
  for (
    const [words, text] of [
      [["workflow.train=false"], "must train"],
      [["train.computation_time=0"], "without compute"],
      [["metric.au=0"], "every number meets"],
      [["reader.data_loader=synthetic"], "reads nothing"],
    ] as const
  ) {
    const workload = await requested(words);
    assertThrows(() => requireSearchable(workload), ConfigError, text);
  }
  requireSearchable(await requested([]));
});

Deno.test("files are dropped from the page cache before probes, unless they go past it or memory is permitted", async () => {
  const dropped = async (words: readonly string[], fromCache = false) =>
    dropsCaches(await requested(words), { fromCache });
  assertEquals(await dropped([]), true);
  assertEquals(await dropped([], true), false);
  assertEquals(await dropped(["--odirect"]), false);
  assertEquals(await dropped(["storage.storage_type=null"]), false);
  // As the settings say already.
  assertEquals(await dropped(["--drop-caches", "before-phase"]), false);
  const never = await requested(["--drop-caches=never"]);
  assertThrows(
    () => dropsCaches(never, { fromCache: false }),
    ConfigError,
    "must not be measured from memory",
  );
  assertEquals(dropsCaches(never, { fromCache: true }), false);
});

Deno.test("a probe is a line of run with the search's words, and its own settings last", () => {
  const line = parseCommandLine([
    "saturate",
    "unet3d_h100",
    "-n",
    "2",
    "--max=9",
    "--data",
    "/d",
    "--odirect",
    "--time-limit=1m",
    "--results=/r",
    "train.epochs=7",
  ]);
  const { args, line: probe } = probeLine(line, {
    quantity: ACCELERATORS,
    value: 6,
    accelerators: 2,
    dropsCaches: true,
  });
  assertEquals(args.slice(0, 7), [
    "run",
    "unet3d_h100",
    "--accelerators=6",
    "--data=/d",
    "--odirect",
    "--drop-caches=before-epoch",
    "train.epochs=7",
  ]);
  assertEquals(args.includes("train.epochs=1"), true);
  assertEquals(probe.flags["time-limit"], null);
  assertEquals(probe.resultsFolder, null);
  const threads = probeLine(line, {
    quantity: SEARCH_QUANTITIES.read_threads!,
    value: 3,
    accelerators: 2,
    dropsCaches: false,
  });
  assertEquals(threads.args.includes("--accelerators=2"), true);
  assertEquals(threads.args.at(-1), "reader.read_threads=3");
});
