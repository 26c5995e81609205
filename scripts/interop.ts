/**
 * The interop suite: every registered format against the library that owns
 * it, both ways.
 *
 *    deno task test:interop            all
 *    deno task test:interop png csv    some
 *    deno task test:interop s3         S3 servers alone
 *    deno task test:interop aistore    AIStore's protocol alone
 *    deno task test:interop browser    report pages in Chromium alone
 *    deno task test:interop existing   datasets of others alone
 *    deno task test:interop mpi        launchers of MPI alone
 *
 * Files of many shapes are generated in this process, opened by the owner's
 * library in Python and compared with Stoker's reference; files made by the
 * library are planned and read by Stoker. Python packages are installed once,
 * in `$STOKER_INTEROP_VENV` or `~/.cache/stoker/interop-venv`; if that fails,
 * the suite fails.
 */
import type { Format } from "../lib/formats/format.ts";
import { loadFormats } from "../lib/formats/registry.ts";
import {
  checkForeignFiles as checkForeignParquet,
  writeParquetFiles,
} from "../tests/interop/parquet_suite.ts";
import { runExistingSuite } from "./interop/existing_datasets.ts";
import { checkForeignFiles } from "./interop/foreign_files.ts";
import { generateFiles } from "./interop/generated_files.ts";
import { runAistoreSuite } from "./interop_aistore.ts";
import { runMpiSuite } from "./interop_mpi.ts";
import { runBrowserSuite } from "./interop_browser.ts";
import { runS3Suite } from "./interop_s3.ts";
import { preparePython } from "./interop/python_environment.ts";
import { printLine, printProblem } from "./terminal.ts";

const FORMATS = await loadFormats();

/** Python file of each format; the owner's library is what it imports. */
const PYTHON_FILES: Readonly<Record<string, string>> = {
  npz: "npz.py",
  npy: "npz.py",
  hdf5: "hdf5.py",
  csv: "csv_rows.py",
  tfrecord: "tfrecord.py",
  indexed_binary: "indexed_binary.py",
  mmap_indexed_binary: "indexed_binary.py",
  jpeg: "images.py",
  png: "images.py",
  parquet: "parquet.py",
  arrow: "arrow.py",
  megatron: "megatron_tokens.py",
  safetensors: "safetensors_shards.py",
  raw: "raw.py",
  synthetic: "synthetic.py",
  mds: "mds.py",
  webdataset: "webdataset_shards.py",
};

interface Outcome {
  /** Stoker's files that the library read. */
  readonly generatedCount: number;
  /** The library's files that Stoker read. */
  readonly foreignCount: number;
  readonly differences: readonly string[];
}

/** Name of the suite of datasets that others made. */
const EXISTING = "existing";

/** Suites of object stores, pages and launchers, by names beside those of formats. */
const STORE_SUITES: Readonly<
  Record<
    string,
    (cacheFolder: string) => Promise<{ passed: number; failed: number }>
  >
> = {
  s3: runS3Suite,
  aistore: runAistoreSuite,
  browser: runBrowserSuite,
  mpi: runMpiSuite,
};
const SUITE_FOLDER = new URL("../tests/interop/", import.meta.url).pathname;

async function checkFormat(
  format: Format,
  python: string,
  folder: string,
): Promise<Outcome> {
  const script = PYTHON_FILES[format.name];
  if (script === undefined) {
    throw new Error(`Cannot check ${format.name}: it has no Python file`);
  }
  const isParquet = format.name === "parquet";
  const casesPath = isParquet
    ? await writeParquetFiles(folder)
    : await generateFiles(format, folder);
  const read = await runPython(python, script, ["read", casesPath]);
  const { files } = JSON.parse(read.lines.pop() ?? "{}") as { files: number };
  const foreignFolder = `${folder}/foreign`;
  await Deno.mkdir(foreignFolder);
  await runPython(python, script, ["write", foreignFolder]);
  if (isParquet) {
    const foreignCount = await checkForeignParquet(foreignFolder);
    return { generatedCount: files, foreignCount, differences: read.lines };
  }
  const foreign = await checkForeignFiles(format, foreignFolder);
  return {
    generatedCount: files,
    foreignCount: foreign.fileCount,
    differences: [...read.lines, ...foreign.differences],
  };
}

/** @throws {Error} If Python ends with another status than 0 or 1. */
async function runPython(
  python: string,
  script: string,
  args: readonly string[],
): Promise<{ lines: string[] }> {
  const { code, stdout, stderr } = await new Deno.Command(python, {
    args: [`${SUITE_FOLDER}${script}`, ...args],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  const decoder = new TextDecoder();
  const lines = decoder.decode(stdout).trimEnd().split("\n");
  const isComplete = code === 0 || (code === 1 && lines.length > 1);
  if (isComplete) return { lines };
  throw new Error(`${script} ${args.join(" ")}: ${decoder.decode(stderr)}`);
}

/** Checks one format and prints its line. */
async function reportFormat(
  format: Format,
  python: string,
): Promise<{ passed: number; failed: number }> {
  const folder = await Deno.makeTempDir({ prefix: "stoker_interop_" });
  try {
    const outcome = await checkFormat(format, python, folder);
    const { generatedCount, foreignCount, differences } = outcome;
    for (const text of differences) printProblem(text);
    const total = generatedCount + foreignCount;
    const paths = new Set(differences.map((text) => text.split(": ")[0]));
    const failed = Math.min(paths.size, total);
    printLine(
      `${failed === 0 ? "ok    " : "FAILED"}  ${format.name}: ` +
        `${generatedCount} files of as many shapes read by ` +
        `${PYTHON_FILES[format.name]}, ${foreignCount} of its files read`,
    );
    return { passed: total - failed, failed };
  } catch (error) {
    printProblem(error instanceof Error ? error.message : String(error));
    printLine(`FAILED  ${format.name}: not checked to the end`);
    return { passed: 0, failed: 1 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function pythonOf(venv: string): Promise<string> {
  return preparePython(
    venv,
    `${SUITE_FOLDER}requirements.txt`,
    `${SUITE_FOLDER}requirements_alone.txt`,
  );
}

async function main(names: readonly string[]): Promise<number> {
  const home = Deno.env.get("HOME") ?? "/tmp";
  const venv = Deno.env.get("STOKER_INTEROP_VENV") ??
    `${home}/.cache/stoker/interop-venv`;
  const unknown = names.filter((name) =>
    FORMATS[name] === undefined && STORE_SUITES[name] === undefined &&
    name !== EXISTING
  );
  if (unknown.length > 0) {
    printProblem(`Cannot check ${unknown.join(", ")}: no such format`);
    return 2;
  }
  const formats = Object.values(FORMATS).filter(({ name }) =>
    names.length === 0 || names.includes(name)
  );
  let passed = 0;
  let failed = 0;
  for (const format of formats) {
    const result = await reportFormat(format, await pythonOf(venv));
    passed += result.passed;
    failed += result.failed;
  }
  if (names.length === 0 || names.includes(EXISTING)) {
    const result = await runExistingSuite(await pythonOf(venv));
    passed += result.passed;
    failed += result.failed;
  }
  for (const [name, runSuite] of Object.entries(STORE_SUITES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const result = await runSuite(`${home}/.cache/stoker`);
    passed += result.passed;
    failed += result.failed;
  }
  printLine(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args));
