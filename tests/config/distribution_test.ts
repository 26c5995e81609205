import { assertEquals } from "@std/assert";
import { distribution, withStdev } from "../../lib/config/distribution.ts";
import { problemsOf, resolveGiven } from "./resolving.ts";
import type { Distribution } from "../../lib/random/distribution.ts";

const setting = distribution({ help: "" });

Deno.test("distribution() reads every way of writing one", () => {
  const cases: [unknown, Distribution][] = [
    [0.323, { type: "constant", mean: 0.323 }],
    ["1e-3", { type: "constant", mean: 0.001 }],
    ["250ms", { type: "constant", mean: 0.25 }],
    [{ mean: 1 }, { type: "constant", mean: 1 }],
    [{ mean: 1, stdev: 0.1 }, { type: "normal", mean: 1, stdev: 0.1 }],
    [{ type: "Normal", mean: "1", stdev: "1e-1" }, {
      type: "normal",
      mean: 1,
      stdev: 0.1,
    }],
    [{ type: "uniform", min: 0, max: 1 }, { type: "uniform", min: 0, max: 1 }],
    [{ type: "gamma", shape: 2, scale: 1 }, {
      type: "gamma",
      shape: 2,
      scale: 1,
    }],
    [{ type: "exponential", scale: 1 }, { type: "exponential", scale: 1 }],
    [{ type: "poisson", lam: 3 }, { type: "poisson", lam: 3 }],
    [{}, { type: "constant", mean: 0 }],
    [undefined, { type: "constant", mean: 0 }],
  ];
  for (const [value, expected] of cases) {
    assertEquals(setting.parse(value), expected);
  }
});

Deno.test("distribution() says which rule a value breaks", () => {
  const cases: [unknown, string][] = [
    ["abc", "a number of seconds or a map"],
    [null, "a number of seconds or a map"],
    [[1], "a number of seconds or a map"],
    [true, "a number of seconds or a map"],
    [-1, "constant needs mean, a number of seconds >= 0"],
    [{ type: "cauchy" }, "its type must be one of constant, normal"],
    [{ type: "toString" }, "its type must be one of constant, normal"],
    [{ type: "normal", mean: 1 }, "normal needs stdev"],
    [{ type: "gamma", shape: 1 }, "gamma needs scale"],
    [{ type: "gamma", shape: 0, scale: 1 }, "shape must be > 0"],
    [{ type: "uniform", min: 2, max: 1 }, "min must be <= max"],
    [{ mean: "x" }, "constant needs mean"],
    [{ mean: 1, std: 2 }, "constant has no std, only mean"],
    [{ type: "uniform", min: 0, max: 1, stdev: 2 }, "uniform has no stdev"],
  ];
  for (const [value, rule] of cases) {
    const message = setting.safeParse(value).error?.issues[0]?.message ?? "";
    assertEquals(message.includes(rule), true, `${message} / ${rule}`);
  }
});

Deno.test("withStdev() makes a map of a scalar and extends a map", () => {
  assertEquals(withStdev(1, 0.1), { mean: 1, stdev: 0.1 });
  assertEquals(withStdev({ mean: 1, stdev: 5 }, 0.1), { mean: 1, stdev: 0.1 });
  assertEquals(withStdev(undefined, 0.1), { mean: 0, stdev: 0.1 });
});

Deno.test("resolveWorkload() folds *_stdev from another source", () => {
  const { workload, origins } = resolveGiven({
    yaml: "train: {computation_time: 0.3}\nevaluation: {eval_time_stdev: 2}",
    words: ["train.computation_time_stdev=0.1"],
  });
  assertEquals(workload.train.computation_time, {
    type: "normal",
    mean: 0.3,
    stdev: 0.1,
  });
  assertEquals(workload.evaluation.eval_time, {
    type: "normal",
    mean: 0,
    stdev: 2,
  });
  assertEquals(origins.get("train.computation_time.stdev"), {
    kind: "override",
    text: "train.computation_time_stdev=0.1",
  });
  assertEquals(origins.get("train.computation_time.mean")?.kind, "file");
});

Deno.test("resolveWorkload() merges overrides into a distribution's map", () => {
  const given = "reader: {preprocess_time: {mean: 1, stdev: 0.5}}";
  assertEquals(
    resolveGiven({ yaml: given, words: ["reader.preprocess_time.mean=2"] })
      .workload.reader.preprocess_time,
    { type: "normal", mean: 2, stdev: 0.5 },
  );
  assertEquals(
    resolveGiven({ yaml: given, words: ["reader.preprocess_time=2"] })
      .workload.reader.preprocess_time,
    { type: "constant", mean: 2 },
  );
  assertEquals(
    problemsOf({
      yaml: given,
      words: ["reader.preprocess_time.type=uniform"],
    }),
    [
      'Cannot use reader.preprocess_time = {"mean":1,"stdev":0.5,"type":' +
      '"uniform"} (from reader.preprocess_time.type=uniform): uniform has ' +
      "no mean, only min and max",
    ],
  );
});
