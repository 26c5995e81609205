/**
 * What `stoker inspect` found, as text and as JSON.
 */
import { formatBytes } from "../../bytes/sizes.ts";
import { shownName } from "../../bytes/path_rules.ts";
import { textTable } from "../../bytes/text_table.ts";
import type {
  InspectedDataset,
  SampleFacts,
  SplitFacts,
} from "../../engine/dataset/inspect_dataset.ts";
import type { SampleReads } from "../../engine/dataset/sample_reads.ts";
import type { FileInside, FilePart } from "../../formats/inside/file_inside.ts";

/** Columns and arrays that the text shows; JSON has all. */
const SHOWN_PARTS = 12;

type Row = readonly [label: string, text: string];

/** The facts under the keys of `--json`. */
export function inspectJson(
  found: InspectedDataset,
  hostMemoryBytes: number,
): Record<string, unknown> {
  const { inside, reads } = found;
  return {
    folder: found.folder,
    format: found.format.name,
    made_by: found.manifest === null ? "others" : "stoker",
    splits: found.splits.map((split) => ({
      split: split.split,
      where: split.where,
      example: split.example,
      files: split.fileCount,
      bytes: split.sizes.total,
      bytes_measured: split.sizes.isMeasured,
      file_bytes: {
        min: split.sizes.least,
        median: split.sizes.median,
        max: split.sizes.most,
      },
      samples: split.samples.total,
      samples_measured: split.samples.isMeasured,
      samples_per_file: {
        min: split.samples.least,
        max: split.samples.most,
        counted_files: split.samples.countedFiles,
      },
    })),
    looked_into: found.lookedInto,
    sample_dims: found.sampleDims,
    compression: inside?.compression ?? [],
    groups: inside?.groups ?? null,
    facts: inside?.facts ?? {},
    parts: (inside?.parts ?? []).map((part) => ({
      name: part.name,
      type: part.type,
      shape: part.shape,
      stored_bytes: part.storedBytes,
    })),
    reading: {
      how: reads.reading,
      bytes_per_sample: Math.round(reads.bytesPerSample),
      reads_per_sample: reads.readsPerSample,
      index_bytes_per_file: reads.indexBytes,
    },
    host_memory_bytes: hostMemoryBytes,
    exceeds_host_memory: totalBytes(found) > hostMemoryBytes,
    notes: found.notes,
  };
}

/** Bytes of all splits. */
export function totalBytes({ splits }: InspectedDataset): number {
  return splits.reduce((sum, { sizes }) => sum + sizes.total, 0);
}

/** The facts for people. */
export function inspectText(
  found: InspectedDataset,
  hostMemoryBytes: number,
): string {
  const { manifest, inside, splits } = found;
  const isLarger = totalBytes(found) > hostMemoryBytes;
  const rows: Row[] = [
    ["Dataset", found.folder],
    [
      "Format",
      found.format.name +
      (manifest === null ? "" : `, made by Stoker ${manifest.stoker_version}`),
    ],
    ...splits.flatMap(splitRows),
    ...sampleSizeRow(found),
    ["Looked into", shownName(found.lookedInto)],
    ...insideRows(inside),
    ...readingRows(found.reads),
    [
      "Memory",
      `${isLarger ? "exceeds" : "fits into"} this host's ` +
      `${formatBytes(hostMemoryBytes)}` +
      (isLarger ? "" : ": the page cache may answer, see stoker help caches"),
    ],
    ...found.notes.map((note): Row => ["Note", note]),
  ];
  return textTable(rows).join("\n");
}

function splitRows({ split, where, ...facts }: SplitFacts): Row[] {
  const { fileCount, sizes, samples } = facts;
  const purpose = split === "train" ? "Training" : "Evaluation";
  return [
    [
      purpose,
      `${fileCount} files, ${formatBytes(sizes.total)}` +
      `${sizes.isMeasured ? "" : " (estimated)"}, in ${where}, such as ` +
      shownName(facts.example),
    ],
    [
      "  file sizes",
      `${formatBytes(sizes.least)} to ${formatBytes(sizes.most)}, median ` +
      formatBytes(sizes.median),
    ],
    ["  samples", samplesText(samples)],
  ];
}

function samplesText(samples: SampleFacts): string {
  const { total, isMeasured, least, most, countedFiles } = samples;
  const each = least === most ? `${least}` : `${least} to ${most}`;
  return `${total} (${
    isMeasured ? "measured" : `estimated from ${countedFiles} files`
  }), ${each} per file`;
}

/** Where files have no samples themselves, the settings say what one is. */
function sampleSizeRow({ sampleDims, inside }: InspectedDataset): Row[] {
  if (sampleDims === null) return [];
  const type = inside?.settings?.["record_element_type"];
  return [[
    "A sample",
    `[${sampleDims.join(", ")}]${
      typeof type === "string" ? ` ${type}` : ""
    }, ` +
    "by dataset.record_dims: files do not say it",
  ]];
}

function insideRows(inside: FileInside | null): Row[] {
  if (inside === null) return [];
  const { compression, groups, parts, facts = {} } = inside;
  return [
    [
      "Compression",
      compression.length === 0 ? "none" : compression.join(", "),
    ],
    ...(groups === null ? [] : [
      [
        "Groups",
        `${groups.count} ${groups.name}` +
        (groups.samples === null
          ? ""
          : `, up to ${groups.samples} samples each`),
      ] as const,
    ]),
    ...Object.entries(facts).map(([name, value]): Row => [
      name.charAt(0).toUpperCase() + name.slice(1),
      `${value}`,
    ]),
    ...parts.slice(0, SHOWN_PARTS).map((part, index): Row => [
      index === 0 ? "Parts" : "",
      partText(part),
    ]),
    ...(parts.length <= SHOWN_PARTS
      ? []
      : [["", `and ${parts.length - SHOWN_PARTS} more (--json)`] as const]),
  ];
}

function partText({ name, type, shape, storedBytes }: FilePart): string {
  return [
    `${shownName(name)}: ${type}`,
    ...(shape === null ? [] : [`[${shape.join(", ")}]`]),
    ...(storedBytes === null ? [] : [formatBytes(storedBytes)]),
  ].join(", ");
}

/** How a reader of a run gets its samples. */
const READING_TEXTS: Readonly<Record<SampleReads["reading"], string>> = {
  nothing: "nothing is read",
  whole_file: "whole files",
  stream: "ranges, front to back",
  shard: "whole shards, front to back, each by one reader",
  samples: "the range of each sample, in any order",
};

function readingRows(reads: SampleReads): Row[] {
  const { bytesPerSample, readsPerSample, indexBytes } = reads;
  return [
    ["Reading", READING_TEXTS[reads.reading]],
    [
      "Per sample",
      `${formatBytes(Math.round(bytesPerSample))} in ` +
      `${Number(readsPerSample.toPrecision(3))} ranges` +
      (indexBytes === 0
        ? ""
        : `, and ${formatBytes(indexBytes)} of index for each file`),
    ],
  ];
}
