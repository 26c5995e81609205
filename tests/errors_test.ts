import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ConfigError,
  DatasetError,
  escapeControls,
  EXIT_BELOW_GOAL,
  EXIT_DONE,
  EXIT_FAILED,
  EXIT_INTERRUPTED,
  EXIT_USAGE,
  foreignText,
  FormatError,
  InterruptedError,
  MAX_FOREIGN_CHARS,
  StokerError,
  StorageError,
  toPlainError,
  UsageError,
  WorkerError,
} from "../lib/errors.ts";

Deno.test("exit codes are those of the interface", () => {
  assertEquals(
    [EXIT_DONE, EXIT_FAILED, EXIT_USAGE, EXIT_BELOW_GOAL, EXIT_INTERRUPTED],
    [0, 1, 2, 3, 130],
  );
});

Deno.test("every error class reports its own name and exit code", () => {
  const errors: [StokerError, string, number][] = [
    [new StokerError("x"), "StokerError", 1],
    [new ConfigError(["x"]), "ConfigError", 2],
    [new UsageError("x"), "UsageError", 2],
    [new StorageError("open", "/a", "ENOENT", "x"), "StorageError", 1],
    [new FormatError("/a", 0, "x"), "FormatError", 1],
    [new DatasetError("x"), "DatasetError", 1],
    [new WorkerError("x"), "WorkerError", 1],
    [new InterruptedError("x"), "InterruptedError", 130],
  ];
  for (const [error, name, exitCode] of errors) {
    assertInstanceOf(error, StokerError);
    assertEquals([error.name, error.exitCode], [name, exitCode]);
  }
});

Deno.test("ConfigError holds every problem and prints one per line", () => {
  const error = new ConfigError(["first", "second"]);
  assertEquals(error.problems, ["first", "second"]);
  assertEquals(error.message, "first\nsecond");
});

Deno.test("StorageError names operation, file, reason and code", () => {
  const error = new StorageError("read", "/d/a", "EIO", "input/output error");
  assertEquals(
    error.message,
    'Cannot read "/d/a": input/output error (EIO)',
  );
  assertEquals(
    [error.operation, error.path, error.code],
    ["read", "/d/a", "EIO"],
  );
});

Deno.test("FormatError names file, byte and rule", () => {
  const error = new FormatError("a.npy", 6, "version must be 1: it is 9");
  assertEquals(
    error.message,
    'Cannot use "a.npy" at byte 6: version must be 1: it is 9',
  );
  assertEquals(error.offset, 6);
});

Deno.test("toPlainError() carries no stack of a user's mistake", () => {
  assertEquals(toPlainError(new DatasetError("gone")), {
    name: "DatasetError",
    message: "gone",
    stack: null,
  });
});

Deno.test("toPlainError() carries the stack of a defect", () => {
  const plain = toPlainError(new TypeError("x is not a function"));
  assertEquals([plain.name, plain.message], [
    "TypeError",
    "x is not a function",
  ]);
  assert(plain.stack?.includes("errors_test.ts"));
});

Deno.test("toPlainError() survives what is no error, and postMessage", () => {
  for (const thrown of ["text", null, undefined, 7, new StokerError("x")]) {
    const plain = toPlainError(thrown);
    assertEquals(structuredClone(plain), plain);
  }
  assertEquals(toPlainError("text").message, "text");
});

Deno.test("foreignText() shows what a terminal would obey, and cuts", () => {
  assertEquals(
    foreignText("\x1b[2J\x07a\r\nb\tc\x9b\u202e"),
    "\\u001b[2J\\u0007a\\u000d\\u000ab\\u0009c\\u009b\\u202e",
  );
  const long = "x".repeat(MAX_FOREIGN_CHARS + 1);
  assertEquals(
    foreignText(long),
    `${"x".repeat(MAX_FOREIGN_CHARS)}… (cut, ${long.length} characters)`,
  );
  assertEquals(foreignText("ümlaut, 日本, 😀"), "ümlaut, 日本, 😀");
});

Deno.test("no error has control characters of a name, a reason or a rule", () => {
  const evil = "a\x1b]0;title\x07b";
  for (
    const error of [
      new StorageError("read", evil, evil, evil),
      new FormatError(evil, 0, evil),
      new DatasetError(evil),
      new ConfigError([evil, evil]),
      new UsageError(evil),
    ]
  ) {
    assertEquals(escapeControls(error.message), error.message, error.name);
    assertEquals(error.message.includes("a\\u001b]0;title"), true);
  }
  // A name may be cut, what is said of it may not.
  const long = new FormatError("x".repeat(10_000), 7, "the rule");
  assertEquals(long.message.includes("at byte 7: the rule"), true);
  assertEquals(long.message.length < 5000, true);
});
