/**
 * Checkpoints of tiny models: the files that DLIO's own code writes, beside
 * Stoker's.
 *
 * DLIO 2.0.0, the newest on PyPI, has an older scheme: no ZeRO, no transformer
 * arithmetic, other names, all layers on each rank that writes any. What both
 * schemes can express is compared by rank and state; where DLIO 3 differs from
 * 2.0.0, each side is compared with its own rule. The newer scheme is
 * compared file by file if STOKER_DLIO_SOURCE names a folder with a
 * `dlio_benchmark` package of DLIO 3 or of the MLCommons fork.
 *
 * torch.save keeps a tensor that occurs twice once. DLIO gives all layers of
 * `layer_parameters` the same tensors, so without pipeline its file is shorter
 * than its layers are together; the fork and Stoker write them all. The
 * setting with `layer_parameters` has a pipeline, hence a file per layer.
 */
import {
  compareListings,
  listCheckpoints,
  STATES,
  sumsByRank,
} from "./checkpoint_listing.ts";
import type { FileSum, Listing } from "./checkpoint_listing.ts";
import { NEWER_SETTINGS, OLDER_SETTINGS } from "./checkpoint_settings.ts";
import type { NewerSetting, OlderSetting } from "./checkpoint_settings.ts";
import type { Answer, Question, Setting } from "./question.ts";
import { dlioTool, runToEnd } from "./tool.ts";
import type { Tool } from "./tool.ts";

/** Question "checkpoints". */
export const checkpoints: Question = {
  id: "checkpoints",
  title: "Files of checkpoints: names and bytes of tensors",
  answer: compareCheckpoints,
};

const HEAD = [
  "release",
  "ranks",
  "setting",
  "state",
  "DLIO",
  "Stoker",
  "result",
];

/** What a comparison with one DLIO adds to the answer; no head of its own. */
type Part = Answer;

function compareCheckpoints(setting: Setting): Answer {
  const sourceFolder = Deno.env.get("STOKER_DLIO_SOURCE");
  const parts = [compareWithOlder(setting)];
  if (sourceFolder !== undefined) {
    parts.push(compareWithNewer(setting, sourceFolder));
  }
  return {
    commands: parts.flatMap(({ commands }) => commands),
    table: [HEAD, ...parts.flatMap(({ table }) => table)],
    notes: [
      ...parts.flatMap(({ notes }) => notes),
      ...(sourceFolder === undefined
        ? [
          "DLIO's newer scheme was not run: STOKER_DLIO_SOURCE names no " +
          "folder with its source",
        ]
        : []),
    ],
  };
}

function compareWithOlder(setting: Setting): Part {
  const { stoker, dlio } = setting;
  const shared = (ranks: number) => [
    "++workload.workflow.generate_data=True",
    "++workload.workflow.checkpoint=True",
    `++workload.dataset.num_files_train=${ranks}`,
    "++workload.dataset.record_length=4096",
    "++workload.dataset.record_length_bytes=4096",
    "++workload.reader.batch_size=1",
  ];
  const table = OLDER_SETTINGS.flatMap((older) => {
    const settings = shared(older.ranks);
    const { id, ranks } = older;
    return olderRows(
      older,
      savedBy(setting, dlio, id, ranks, [...settings, ...older.dlio]),
      savedBy(setting, stoker, id, ranks, [...settings, ...older.stoker]),
    );
  });
  const [{ ranks, dlio: dlioOwn, stoker: stokerOwn }] = OLDER_SETTINGS as [
    OlderSetting,
  ];
  return {
    commands: [
      dlio.withAccelerators(ranks).commandLine([...shared(ranks), ...dlioOwn]),
      stoker.withAccelerators(ranks)
        .commandLine([...shared(ranks), ...stokerOwn]),
    ],
    table,
    notes: [
      "Figures are files and their bytes of tensors: torch.save's archive " +
      "around them is not counted, Stoker writes none",
      "Names of 2.0.0 are model-E-S-R, optimizer-E-S-R and layer-L-E-S-R, in " +
      "no folder of their own; files are matched by state and rank R",
    ],
  };
}

function olderRows(
  { title, ranks, modelParallelism, departure }: OlderSetting,
  theirs: Listing,
  ours: Listing,
): string[][] {
  const theirSums = sumsByRank(theirs, modelParallelism);
  const ourSums = sumsByRank(ours, modelParallelism);
  return STATES.map((state) => {
    const bytesOf = (sums: Readonly<Record<string, FileSum>>, rank: number) =>
      sums[`${state} ${rank}`]?.payloadBytes ?? 0;
    const allRanks = Array.from({ length: ranks }, (_, rank) => rank);
    const isSame = allRanks.every((rank) =>
      bytesOf(theirSums, rank) === bytesOf(ourSums, rank)
    );
    const isDeparture = departure !== undefined && state === "layers" &&
      allRanks.every((rank) =>
        bytesOf(theirSums, rank) === departure.dlioBytes(rank) &&
        bytesOf(ourSums, rank) === departure.stokerBytes(rank)
      );
    const result = isSame
      ? "same on each rank"
      : isDeparture
      ? departure.reason
      : "OTHER";
    return [
      "2.0.0",
      String(ranks),
      title,
      state,
      totalText(theirSums, state),
      totalText(ourSums, state),
      result,
    ];
  });
}

function totalText(
  sums: Readonly<Record<string, FileSum>>,
  state: string,
): string {
  let fileCount = 0;
  let payloadBytes = 0;
  for (const [key, sum] of Object.entries(sums)) {
    if (!key.startsWith(`${state} `)) continue;
    fileCount += sum.fileCount;
    payloadBytes += sum.payloadBytes;
  }
  return `${fileCount}: ${payloadBytes}`;
}

function compareWithNewer(setting: Setting, sourceFolder: string): Part {
  const { folder, python, stoker } = setting;
  const dlio = dlioTool(folder, python, { sourceFolder });
  const shared = [
    "++workload.workflow.train=False",
    "++workload.workflow.checkpoint=True",
    "++workload.checkpoint.num_checkpoints_write=2",
    "++workload.checkpoint.num_checkpoints_read=0",
    "++workload.checkpoint.time_between_checkpoints=0",
  ];
  const notes: string[] = [];
  const table = NEWER_SETTINGS.map((newer) => {
    const settings = [...shared, ...newer.settings];
    const saved = (tool: Tool) =>
      savedBy(setting, tool, `new_${newer.id}`, newer.ranks, settings);
    return newerRow(newer, saved(dlio), saved(stoker), notes);
  });
  const [{ ranks, settings }] = NEWER_SETTINGS as [NewerSetting];
  return {
    commands: [dlio, stoker].map((tool) =>
      tool.withAccelerators(ranks).commandLine([...shared, ...settings])
    ),
    table,
    notes,
  };
}

function newerRow(
  { title, ranks }: NewerSetting,
  theirs: Listing,
  ours: Listing,
  notes: string[],
): string[] {
  const { sameCount, sameLengthCount, differences } = compareListings(
    ours,
    theirs,
  );
  notes.push(...differences.map((text) => `${title}: ${text}`));
  const counts = [theirs, ours].map((listing) => {
    const files = Object.values(listing);
    const bytes = files.reduce((sum, file) => sum + file.payloadBytes, 0);
    return `${files.length}: ${bytes}`;
  });
  const lengths = sameLengthCount === sameCount
    ? "and length"
    : `, ${sameLengthCount} of the same length`;
  return [
    "newer",
    String(ranks),
    title,
    "all",
    ...counts,
    differences.length === 0
      ? `same names and bytes ${lengths}`.replace(" ,", ",")
      : `OTHER: ${differences.length} files`,
  ];
}

/** Runs a tool on a checkpoint folder of its own and lists it. */
function savedBy(
  { folder, python }: Setting,
  tool: Tool,
  id: string,
  ranks: number,
  settings: readonly string[],
): Listing {
  const own = `${folder}/${id}_${tool.name}`;
  runToEnd(
    tool.withAccelerators(ranks),
    [
      ...settings,
      `++workload.dataset.data_folder=${own}/data`,
      `++workload.checkpoint.checkpoint_folder=${own}/checkpoints`,
    ],
    `${own}/results`,
  );
  return listCheckpoints(python, `${own}/checkpoints`);
}
