/** Tests of lib/cli/line/flags.ts and parse_flags.ts. */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type FlagRow, FLAGS } from "../../../lib/cli/line/flags.ts";
import { parseFlags } from "../../../lib/cli/line/parse_flags.ts";
import { UsageError } from "../../../lib/errors.ts";

function refusal(...args: string[]): string {
  return assertThrows(() => parseFlags(args), UsageError).message;
}

Deno.test("parseFlags() reads every spelling of a count", () => {
  for (
    const args of [
      ["-n", "4"],
      ["-n4"],
      ["-n=4"],
      ["--accelerators", "4"],
      ["--accelerators=4"],
    ]
  ) {
    assertEquals(parseFlags(args).flags.accelerators, 4, args.join(" "));
  }
});

Deno.test("parseFlags() gives false and null for what is absent", () => {
  const { flags, given, words } = parseFlags([]);
  assertEquals([flags.json, flags.data, flags.accelerators], [
    false,
    null,
    null,
  ]);
  assertEquals([given, words], [[], []]);
});

Deno.test("parseFlags() keeps words and settings in order, as text", () => {
  const { words, flags, given } = parseFlags([
    "run",
    "7",
    "++workload.reader.read_threads=-1",
    "--json",
    "~train.seed",
    "--data",
    "/d",
    "-qv",
    "a.b=c=d",
  ]);
  assertEquals(words, [
    "run",
    "7",
    "++workload.reader.read_threads=-1",
    "~train.seed",
    "a.b=c=d",
  ]);
  assertEquals(flags.data, "/d");
  assertEquals(given, ["data", "json", "quiet", "verbose"]);
});

Deno.test("parseFlags() takes what follows -- as words", () => {
  assertEquals(parseFlags(["a", "--", "--json"]).words, ["a", "--json"]);
});

Deno.test("parseFlags() takes a value that looks like a negative number", () => {
  assertEquals(parseFlags(["--label=-1"]).flags.label, "-1");
});

Deno.test("parseFlags() refuses unknown flags and offers the nearest", () => {
  assertEquals(refusal("--jsno"), 'Unknown flag --jsno; did you mean "--json"');
  assertEquals(refusal("--zzz"), "Unknown flag --zzz");
  assertEquals(
    refusal("--accelerator=4"),
    'Unknown flag --accelerator; did you mean "--accelerators"',
  );
  assertEquals(refusal("-x"), "Unknown flag -x");
});

Deno.test("parseFlags() refuses counts that are none", () => {
  for (const text of ["0", "-2", "1.5", "four", "1e3", "99999999999", "0x4"]) {
    assertEquals(
      refusal(`--accelerators=${text}`),
      `Cannot use --accelerators ${text}: it must be an integer from 1 to 1000000000`,
    );
  }
});

Deno.test("parseFlags() refuses missing, surplus and double values", () => {
  assertEquals(refusal("--data"), "Cannot use --data without a value: DIR");
  assertEquals(
    refusal("--json=no"),
    "Cannot use --json=no: --json is a switch and takes no value",
  );
  assertEquals(
    refusal("--data=a", "--data=b"),
    "Cannot use --data 2 times: a, b",
  );
});

Deno.test("every flag has a summary, and no two share a letter", () => {
  const rows: [string, FlagRow][] = Object.entries(FLAGS);
  const shorts = rows.map(([, row]) => row.short).filter((one) => one !== "");
  assertEquals(new Set(shorts).size, shorts.length);
  for (const [name, { kind, summary, value }] of rows) {
    assertNotEquals(summary, "", name);
    assertEquals(kind === "switch", value === "", name);
  }
});
