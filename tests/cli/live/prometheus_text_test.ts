/** Tests of lib/cli/live/prometheus_text.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { prometheusText } from "../../../lib/cli/live/prometheus_text.ts";
import { RunWatch } from "../../../lib/cli/watch/run_watch.ts";
import { snapshotOf } from "../../metrics/sample_snapshot.ts";

const FACTS = { host: 'a"b\\c\nd', model: "unet3d" };

Deno.test("prometheusText() between phases says only that the run goes on", () => {
  assertEquals(
    prometheusText(null, { host: "h", model: "m" }),
    "# HELP stoker_up 1 while the run goes on\n# TYPE stoker_up gauge\n" +
      'stoker_up{host="h",model="m"} 1\n',
  );
});

Deno.test("prometheusText() gives base units, escapes labels and leaves out what is not known", () => {
  const watch = new RunWatch({ auGoalPercent: 90 });
  watch.begin({ kind: "train" }, "train");
  const role = { operations: 3, files: 0, samples: 0, errors: 0, retries: 1 };
  watch.look(snapshotOf({
    epoch: 2,
    done: 5,
    total: 8,
    auPercent: 97.5,
    elapsedSeconds: 2,
    roles: [{ role: "reader", bytes: 4096, ...role }],
  }));
  const text = prometheusText(watch.state(), FACTS);
  const labels = 'host="a\\"b\\\\c\\nd",model="unet3d"';
  assertStringIncludes(text, `stoker_au_ratio{${labels}} 0.975\n`);
  assertStringIncludes(
    text,
    `stoker_bytes_total{${labels},phase="train",epoch="2",role="reader"} 4096\n`,
  );
  assertStringIncludes(text, "# TYPE stoker_bytes_total counter\n");
  assertEquals(text.includes("latency_p99"), false);
  assertEquals(text.includes("null"), false);
  assertEquals(text.endsWith("\n"), true);
});
