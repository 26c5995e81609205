/**
 * Stoker's files for other libraries to read, each with the random bytes that
 * must be in it. Files are made by the wasm source, references by the scalar
 * one.
 */
import { PageArena } from "../../lib/bytes/page_arena.ts";
import type {
  CompanionFile,
  EncodeTools,
  FileSpec,
  Format,
} from "../../lib/formats/format.ts";
import { fileExtension } from "../../lib/formats/format.ts";
import { createScalarSource } from "../../lib/random/scalar_source.ts";
import {
  createRandomSource,
  RANDOM_REGION_BYTES,
} from "../../lib/random/wasm_source.ts";
import { plannedRanges } from "./planned_ranges.ts";
import { interopSpecs, SEED } from "./shapes.ts";

const PAGE_BYTES = 65536;

/**
 * Makes the files of a format.
 *
 * @param folder An existing folder.
 * @returns Path of the JSON that `tests/interop/*.py read` takes.
 */
export async function generateFiles(
  format: Format,
  folder: string,
): Promise<string> {
  const arena = new PageArena(RANDOM_REGION_BYTES + PAGE_BYTES);
  const random = createRandomSource(arena, { seed: SEED });
  const tools = { random, pages: arena.allocate(PAGE_BYTES) };
  const cases: unknown[] = [];
  const specs = interopSpecs(format);
  for (const spec of specs) {
    cases.push(await generateFile(format, spec, { folder, tools }));
  }
  const entries = specs.map((spec) => ({ path: fileName(format, spec), spec }));
  for (const { name, encode } of format.splitFiles ?? []) {
    await writeChunks(`${folder}/train/${name}`, encode(entries, tools));
  }
  const path = `${folder}/cases.json`;
  await Deno.writeTextFile(path, JSON.stringify(cases));
  return path;
}

function fileName(format: Format, spec: FileSpec): string {
  const extension = fileExtension(format, spec.dataset.compression);
  return `${spec.fileIndex}.${extension}`;
}

async function generateFile(
  format: Format,
  spec: FileSpec,
  { folder, tools }: { folder: string; tools: EncodeTools },
): Promise<unknown> {
  const { elementType, samplesPerFile, compression, hdf5 } = spec.dataset;
  const relativePath = `train/${fileName(format, spec)}`;
  const path = `${folder}/${relativePath}`;
  await writeChunks(path, format.encode(spec, tools));
  const companions: string[] = [];
  for (const companion of format.companions ?? []) {
    const companionPath = `${folder}/${companion.path(relativePath)}`;
    await writeCompanion(companionPath, companion, spec, tools);
    companions.push(companionPath);
  }
  const stream = `${path}.stream`;
  await Deno.writeFile(stream, referenceBytes(spec));
  return {
    path,
    companions,
    stream,
    dims: spec.sampleDims,
    samples: samplesPerFile,
    element_type: elementType,
    compression,
    chunk_dims: hdf5.chunkDims,
    max_shape: hdf5.maxShape,
    datasets_per_record: hdf5.datasetsPerRecord,
    file_index: spec.fileIndex,
    planned: format.reading === "samples"
      ? await plannedRanges(format, path, spec)
      : [],
  };
}

/** The stream's beginning: more of it than any format takes. */
function referenceBytes(spec: FileSpec): Uint8Array {
  const { samplesPerFile } = spec.dataset;
  const elements = spec.sampleDims.reduce((product, dim) => product * dim, 1);
  // Elements have 8 bytes at most; edges of chunks at most double each axis.
  const bytes = new Uint8Array(elements * samplesPerFile * 16 + PAGE_BYTES);
  createScalarSource({ seed: SEED }).fill(bytes, spec.fileIndex, 0);
  return bytes;
}

async function writeCompanion(
  path: string,
  companion: CompanionFile,
  spec: FileSpec,
  tools: EncodeTools,
): Promise<void> {
  await writeChunks(path, companion.encode(spec, tools));
}

async function writeChunks(
  path: string,
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  using file = await Deno.create(path);
  for (const chunk of chunks) {
    for (let done = 0; done < chunk.length;) {
      done += file.writeSync(chunk.subarray(done));
    }
  }
}
