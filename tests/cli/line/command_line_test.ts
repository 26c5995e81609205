/** Tests of lib/cli/line/command_line.ts. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  type CommandLine,
  parseCommandLine,
} from "../../../lib/cli/line/command_line.ts";
import { ConfigError, UsageError } from "../../../lib/errors.ts";

function textsOf({ overrides }: CommandLine): string[] {
  return overrides.map(({ text }) => text);
}

function refusal(...args: string[]): string {
  return assertThrows(() => parseCommandLine(args), UsageError).message;
}

Deno.test("parseCommandLine() sorts command, workload and settings", () => {
  const line = parseCommandLine([
    "run",
    "unet3d_h100",
    "-n",
    "2",
    "train.epochs=2",
    "~reader.seed",
  ]);
  assertEquals(line.command, "run");
  assertEquals(line.workload, "unet3d_h100");
  assertEquals(textsOf(line), ["train.epochs=2", "~reader.seed"]);
  assertEquals(line.flags.accelerators, 2);
  assertEquals([line.resultsFolder, line.configSubfolder], [null, null]);
});

Deno.test("parseCommandLine() understands a DLIO command line", () => {
  const line = parseCommandLine([
    "workload=unet3d_h100",
    "++hydra.run.dir=out",
    "++hydra.output_subdir=dlio_config",
    "++workload.train.epochs=2",
    "--config-dir=conf",
  ]);
  assertEquals(line.command, "run");
  assertEquals(line.workload, "unet3d_h100");
  assertEquals(textsOf(line), ["++workload.train.epochs=2"]);
  assertEquals(line.resultsFolder, "out");
  assertEquals(line.configSubfolder, "dlio_config");
  assertEquals(line.flags["config-dir"], "conf");
});

Deno.test("parseCommandLine() takes a line that begins with a setting as run", () => {
  assertEquals(parseCommandLine(["~a.b"]).command, "run");
  assertEquals(textsOf(parseCommandLine(["+a.b=1"])), ["+a.b=1"]);
});

Deno.test("parseCommandLine() takes DLIO's words after a command too", () => {
  const line = parseCommandLine(["config", "workload=quick"]);
  assertEquals([line.command, line.workload], ["config", "quick"]);
});

Deno.test("parseCommandLine() of nothing has no command", () => {
  assertEquals(parseCommandLine([]).command, null);
  assertEquals(parseCommandLine(["--help"]).command, null);
});

Deno.test("parseCommandLine() refuses contradictions", () => {
  assertEquals(
    refusal("run", "a", "workload=b"),
    "Cannot use two names of the workload: b and a",
  );
  assertEquals(
    refusal("run", "--results", "x", "hydra.run.dir=y"),
    "Cannot use two names of the results folder: y and x",
  );
});

Deno.test("parseCommandLine() names every setting that it cannot read", () => {
  const error = assertThrows(
    () => parseCommandLine(["run", "hydra.sweep.dir=x", "a.b=[1"]),
    ConfigError,
  );
  assertEquals(error.problems.length, 2);
});
