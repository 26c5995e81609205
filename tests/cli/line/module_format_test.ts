import { assertEquals, assertRejects } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/line/command_line.ts";
import { loadWorkload } from "../../../lib/cli/line/workload_settings.ts";
import { formatOrigin } from "../../../lib/config/origins.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { testContext } from "../test_context.ts";

const FORMATS_FOLDER = new URL("../../formats/", import.meta.url);
const EXAMPLE = new URL("example_format.ts", FORMATS_FOLDER);

async function loaded(...args: string[]) {
  const { context } = testContext(args, {});
  return await loadWorkload(parseCommandLine(args), context);
}

/** Runs a test with a workload file, which is removed afterwards. */
async function withFile(
  text: string,
  test: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "stoker test#" });
  try {
    await Deno.copyFile(EXAMPLE, `${folder}/own.ts`);
    await Deno.writeTextFile(`${folder}/w.yaml`, text);
    await test(`${folder}/w.yaml`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const YAML = "dataset: {format_module: ./own.ts}\n";

Deno.test("format_module in a file is relative to the file's folder", async () => {
  await withFile(YAML, async (path, folder) => {
    const { workload, origins, warnings } = await loaded("run", path);
    const { format, format_module } = workload.dataset;
    assertEquals(format, "strided");
    assertEquals(
      format_module,
      `file://${folder.replace(" ", "%20").replace("#", "%23")}/own.ts`,
    );
    const origin = origins.get("dataset.format");
    assertEquals(
      origin && formatOrigin(origin),
      "derived from dataset.format_module",
    );
    assertEquals(warnings, []);
  });
});

Deno.test("format_module as an override is relative to the working directory", async () => {
  const error = await assertRejects(
    () => loaded("run", "dataset.format_module=no/such.ts"),
    ConfigError,
  );
  assertEquals(
    error.message.includes(`"file://${Deno.cwd()}/no/such.ts"`),
    true,
    error.message,
  );
});

Deno.test("format_module may be an absolute path or a file: URL", async () => {
  for (const given of [EXAMPLE.href, EXAMPLE.pathname]) {
    const { workload } = await loaded("run", `dataset.format_module=${given}`);
    assertEquals(workload.dataset.format_module, EXAMPLE.href);
  }
});

Deno.test("format_module replaces a given format, and says so", async () => {
  const { workload, warnings } = await loaded(
    "run",
    "dataset.format=jpeg",
    // Rules of images do not hold for it.
    "dataset.record_dims=[2,3,4]",
    "dataset.record_element_type=float32",
    `dataset.format_module=${EXAMPLE.href}`,
  );
  assertEquals(workload.dataset.format, "strided");
  assertEquals(
    warnings.filter((text) => text.startsWith("dataset.format")),
    [
      'dataset.format = "jpeg" (from dataset.format=jpeg) is replaced by ' +
      '"strided": dataset.format_module brings its own format',
    ],
  );
});

Deno.test("format_module takes the saved settings of a run", async () => {
  const saved =
    `dataset: {format: strided, format_module: "${EXAMPLE.href}"}\n`;
  await withFile(saved, async (path) => {
    const { workload, warnings } = await loaded("run", path);
    assertEquals(workload.dataset.format, "strided");
    assertEquals(warnings, []);
  });
});

Deno.test("format_module is never fetched", async () => {
  for (
    const given of [
      "https://example.com/f.ts",
      "http://127.0.0.1/f.js",
      "data:text/javascript,1",
      "npm:left-pad",
    ]
  ) {
    await assertRejects(
      () => loaded("run", `dataset.format_module=${given}`),
      ConfigError,
      `Cannot use dataset.format_module = "${given}" (from ` +
        `dataset.format_module=${given}): it must be a path or a file: URL`,
    );
  }
});
