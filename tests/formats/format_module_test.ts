import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfigError, FormatError } from "../../lib/errors.ts";
import { loadFormatModule } from "../../lib/formats/format_module.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { PageArena } from "../../lib/bytes/page_arena.ts";
import { RangeList } from "../../lib/bytes/range_list.ts";
import { encodeFile, makeSpec } from "./encoding.ts";
import { format as example } from "./example_format.ts";

const EXAMPLE = new URL("./example_format.ts", import.meta.url).href;

/** A module with the given text. */
function moduleUrl(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

/** Problems of a module that exports `members` as its format. */
async function problemsOf(members: string): Promise<string[]> {
  const url = moduleUrl(`export const format = ${members};`);
  const error = await assertRejects(() => loadFormatModule(url), ConfigError);
  return error.problems.map((problem) =>
    problem.replace(`Cannot use dataset.format_module = "${url}": `, "")
  );
}

const WHOLE = `{
  name: "mine", reading: "whole_file", codecs: [],
  problems() { return []; }, fileBytes() { return 1; }, *encode() {},
}`;

Deno.test("loadFormatModule() takes a TypeScript module's format", async () => {
  const format = await loadFormatModule(EXAMPLE);
  assertEquals(format.name, "strided");
  assertEquals(format.reading, "samples");
  assertEquals(format.fileBytes(makeSpec()), 64 + 16);
});

Deno.test("loadFormatModule() needs no open and ranges for whole files", async () => {
  const format = await loadFormatModule(
    moduleUrl(`export const format = ${WHOLE};`),
  );
  assertEquals(format.name, "mine");
});

Deno.test("loadFormatModule() names every missing member at once", async () => {
  assertEquals(await problemsOf(`{ reading: "samples" }`), [
    "format.name must be a text of a-z, 0-9 and _ that begins with a letter, " +
    "it is missing",
    "format.codecs must be a list of texts, it is missing",
    "format.problems must be a function, it is missing",
    "format.fileBytes must be a function, it is missing",
    "format.encode must be a function, it is missing",
    "format.open must be a function, it is missing",
    "format.ranges must be a function, it is missing",
  ]);
});

Deno.test("loadFormatModule() says what a wrong member is", async () => {
  const wrong = WHOLE.replace('"mine"', '"My.Format"')
    .replace('"whole_file"', '"all"').replace("codecs: []", "codecs: [1]");
  assertEquals(await problemsOf(wrong), [
    "format.name must be a text of a-z, 0-9 and _ that begins with a letter, " +
    'it is "My.Format"',
    "format.reading must be one of nothing, whole_file, stream, shard, samples, " +
    'it is "all"',
    "format.codecs must be a list of texts, it is [1]",
  ]);
  const companions = WHOLE.replace(
    "{",
    "{ companions: [{}], prepare: 1, isInterleaved: 0,",
  );
  assertEquals(await problemsOf(companions), [
    "format.isInterleaved must be true or false, it is 0",
    "format.companions must be a list of objects with the functions path and " +
    "encode, it is [{}]",
    "format.prepare must be a function, it is 1",
  ]);
});

Deno.test("loadFormatModule() refuses the name of a format of Stoker's", async () => {
  assertEquals(await problemsOf(WHOLE.replace("mine", "npz")), [
    'format.name must not be one of Stoker\'s own, it is "npz"',
  ]);
});

Deno.test("loadFormatModule() refuses a module without the export", async () => {
  const error = await assertRejects(
    () => loadFormatModule(moduleUrl("export const other = 1;")),
    ConfigError,
  );
  assertEquals(
    error.problems[0]?.endsWith(
      'its export "format" must be an object, it is missing',
    ),
    true,
  );
});

Deno.test("loadFormatModule() says in one message why an import fails", async () => {
  for (
    const [text, reason] of [
      // Deno's own words between the reason and the place are many lines.
      ["throw new Error('no luck');", /: no luck$/],
      [
        "export const = 1;",
        /: SyntaxError: Unexpected token.* at data:.*:1:14$/,
      ],
      ["import './not_there.js';", /not_there/],
    ] as const
  ) {
    const url = moduleUrl(text);
    const error = await assertRejects(() => loadFormatModule(url), ConfigError);
    assertEquals(error.problems.length, 1);
    assertEquals(reason.test(error.message), true, error.message);
    assertEquals(error.message.startsWith("Cannot load "), true);
  }
  const missing = new URL("./not_there.ts", import.meta.url).href;
  await assertRejects(
    () => loadFormatModule(missing),
    ConfigError,
    `Cannot load dataset.format_module = "${missing}": Module not found`,
  );
});

Deno.test("a loaded format's open() tells damage as a format error", async () => {
  const format = await loadFormatModule(EXAMPLE);
  const source = {
    path: "x.strided",
    byteLength: 80,
    readInto: (view: Uint8Array) => view.length,
  };
  assertThrows(
    () => format.open?.(source, makeSpec()),
    FormatError,
    'Cannot use "x.strided" at byte 0: a strided file must begin with STRIDED1',
  );
  await assertRejects(
    async () =>
      await format.open?.({
        ...source,
        readInto: (view) => Promise.resolve(view.length),
      }, makeSpec()),
    FormatError,
    "STRIDED1",
  );
});

Deno.test("the example fills the pages and finds each sample", async () => {
  const format = await loadFormatModule(EXAMPLE);
  const pageBytes = 65536;
  const arena = new PageArena(RANDOM_REGION_BYTES + pageBytes);
  const tools = {
    random: createRandomSource(arena, { seed: 123 }),
    pages: arena.allocate(pageBytes),
  };
  const spec = makeSpec({ sampleDims: [100, 100], fileIndex: 3 }, {
    samplesPerFile: 20,
  });
  const lengths = Array.from(
    format.encode(spec, tools),
    ({ length }) => length,
  );
  assertEquals(lengths, [65536, 65536, 65536, 3456]);
  const file = encodeFile(format, spec, tools);
  assertEquals(file.length, example.fileBytes(spec));

  const index = await format.open?.({
    path: "x.strided",
    byteLength: file.length,
    readInto(view, offset) {
      view.set(file.subarray(offset, offset + view.length));
      return view.length;
    },
  }, spec);
  const ranges = new RangeList();
  format.ranges?.(index!, 7, 1, false, ranges);
  assertEquals([ranges.offsetOf(0), ranges.byteCountOf(0)], [70064, 10000]);
  const sample = tools.pages.subarray(0, 10000);
  tools.random.fill(sample, 3, 70000);
  assertEquals(file.subarray(70064, 80064), sample);
});
