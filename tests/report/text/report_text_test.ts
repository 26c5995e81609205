import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize } from "../../../lib/metrics/summary.ts";
import { reportText } from "../../../lib/report/text/report_text.ts";
import {
  bytesText,
  fixedText,
  latencyText,
} from "../../../lib/report/text/quantity.ts";
import {
  CONTEXT,
  phaseOf,
  runOf,
  sampleRun,
} from "../../metrics/sample_run.ts";
import type { RunRecord } from "../../../lib/metrics/run_record.ts";

function textOf(record: RunRecord, context = CONTEXT): string {
  return reportText(summarize(record, context), context);
}

Deno.test("reportText() has a row for each epoch and evaluation", () => {
  const text = textOf(sampleRun());
  assertStringIncludes(
    text,
    "Training\n" +
      "  Epoch  AU (%)  samples/s  MiB/s\n" +
      "      1   80.00      22.40  22.40\n" +
      "      2   80.00      22.40  22.40\n" +
      "      3   80.00      22.40  22.40\n",
  );
  assertStringIncludes(text, "     1   50.00      28.00  28.00\n");
});

Deno.test("reportText() begins with what was run, where and when", () => {
  const text = textOf(sampleRun(), { ...CONTEXT, label: "new firmware" });
  assertEquals(text.split("\n")[0], "Stoker 0.1.0 report");
  for (
    const row of [
      "Workload      unet3d\n",
      "Label         new firmware\n",
      "Status        complete\n",
      "Hosts         1 (node-1), 2 CPUs, 8.00 GiB memory\n",
      "Training set  56 files × 1 samples × 1.00 MiB\n",
      "AU goal       90.0 %\n",
    ]
  ) assertStringIncludes(text, row);
});

Deno.test("reportText() says that a run is not complete", () => {
  const text = textOf(runOf([], { complete: false }));
  assertStringIncludes(text, "Status        INCOMPLETE\n");
  assert(!text.includes("Epoch  AU"));
});

Deno.test("reportText() reads n/a in an epoch without a window", () => {
  const text = textOf(runOf([phaseOf()]));
  assertStringIncludes(text, "      1     n/a        n/a    n/a\n");
});

Deno.test("bytesText() takes the largest unit that fits", () => {
  assertEquals(bytesText(0), "0 bytes");
  assertEquals(bytesText(1023), "1023 bytes");
  assertEquals(bytesText(1024), "1.00 KiB");
  assertEquals(bytesText(1.5 * 2 ** 30), "1.50 GiB");
  assertEquals(bytesText(2 ** 62), "4096.00 PiB");
  assertEquals(bytesText(null), "n/a");
});

Deno.test("latencyText() and fixedText() say n/a for what is not known", () => {
  assertEquals(latencyText(null), "n/a");
  assertEquals(fixedText(null, 2), "n/a");
  assertEquals(fixedText(1.005, 1), "1.0");
  assertEquals(
    latencyText({ p50: 0.54, p90: 9.99, p99: 10, p99_9: 11.6, max: 1e6 }),
    "p50 0.5, p90 10.0, p99 10, p99.9 12, max 1000000",
  );
});
