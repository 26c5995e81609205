import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { RangeList } from "../../lib/bytes/range_list.ts";
import { FormatError, StokerError } from "../../lib/errors.ts";
import type { EncodeTools, Format } from "../../lib/formats/format.ts";
import { withModuleErrors } from "../../lib/formats/module_errors.ts";
import { makeSpec } from "./encoding.ts";

const TOOLS = {} as EncodeTools;

function fail(): never {
  throw new TypeError("no luck");
}

/** Every function of it throws. */
const FAILING: Format = {
  name: "failing",
  reading: "samples",
  codecs: [],
  problems: fail,
  fileBytes: fail,
  // deno-lint-ignore require-yield
  *encode() {
    fail();
  },
  extension: fail,
  folders: fail,
  companions: [{ path: (path) => `${path}.idx`, encode: fail }],
  prepare: () => Promise.reject(new TypeError("no luck")),
  open: fail,
  ranges: fail,
  decode: fail,
};

Deno.test("withModuleErrors() tells function, reason and line", async () => {
  const format = withModuleErrors(FAILING, import.meta.url);
  const spec = makeSpec();
  const { dataset } = spec;
  const list = new RangeList();
  const calls: Record<string, () => unknown> = {
    problems: () => format.problems(spec),
    fileBytes: () => format.fileBytes(spec),
    encode: () => [...format.encode(spec, TOOLS)],
    extension: () => format.extension?.("none"),
    folders: () => format.folders?.(dataset),
    "companions.encode": () => [
      ...format.companions?.[0]?.encode(spec, TOOLS) ?? [],
    ],
    ranges: () => format.ranges?.({}, 0, 1, false, list),
    decode: () => format.decode?.({}, 0, 1, false, list, new Uint8Array()),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = assertThrows(call, StokerError);
    assertEquals(
      error.message,
      `format.${name}() of dataset.format_module failed: no luck ` +
        `(${import.meta.url}:11:9)`,
    );
  }
  await assertRejects(
    async () => await format.prepare?.(dataset),
    StokerError,
    "format.prepare() of dataset.format_module failed: no luck",
  );
});

Deno.test("withModuleErrors() takes what open() throws for damage of the file", () => {
  const source = { path: "x.raw", byteLength: 0, readInto: () => 0 };
  const format = withModuleErrors(FAILING, import.meta.url);
  assertThrows(
    () => format.open?.(source, makeSpec()),
    FormatError,
    'Cannot use "x.raw" at byte 0: no luck',
  );
});

Deno.test("withModuleErrors() leaves errors of Stoker's as they are", () => {
  const told = new StokerError("told");
  const format = withModuleErrors({
    ...FAILING,
    fileBytes() {
      throw told;
    },
  }, import.meta.url);
  assertEquals(assertThrows(() => format.fileBytes(makeSpec())), told);
});

Deno.test("withModuleErrors() keeps what is there, and that methods see each other", () => {
  class Mine {
    readonly name = "mine";
    readonly reading = "whole_file";
    readonly codecs: string[] = [];
    readonly #bytes = 7;
    problems(): string[] {
      return [`${this.#bytes}`];
    }
    fileBytes(): number {
      return this.problems().length + this.#bytes;
    }
    *encode(): Generator<Uint8Array> {
      yield new Uint8Array(this.fileBytes());
    }
  }
  const format = withModuleErrors(new Mine(), import.meta.url);
  assertEquals(format.name, "mine");
  assertEquals(format.open, undefined);
  assertEquals(format.companions, undefined);
  assertEquals(format.problems(makeSpec()), ["7"]);
  assertEquals(format.fileBytes(makeSpec()), 8);
  assertEquals([...format.encode(makeSpec(), TOOLS)][0]?.length, 8);
});
