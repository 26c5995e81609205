/**
 * Phases and commands that are held by files that do not answer: each is replaced by a
 * named pipe that nobody writes to, or the storage of a folder is silenced.
 */
import { assert } from "@std/assert";
import { canBeSilenced, silence } from "../storage/silent_folder.ts";
import {
  CHECKPOINTS,
  type Held,
  type Place,
  said,
  SMALL,
  stoker,
} from "./held_phase.ts";

const cannotSilence = !canBeSilenced();
/**
 * Epochs for which nobody waits. Steps take a while: it is a phase that is
 * held, not what is done between two.
 */
const SLOW = [
  "train.epochs=100000",
  "train.computation_time=0.3",
  "evaluation.eval_time=0.3",
];
const STOPS = ["SIGINT", "stall"] as const;

/** @param storage One whose files are on this host. */
export function heldByFiles(storage: "local_fs" | "direct_fs"): Held[] {
  const common = { storage, isMeasured: true, stops: STOPS } as const;
  const trains = ["run", ...SMALL, ...SLOW];
  const firstEpoch = said("train, epoch 1 of");
  const silent = { ...common, isIgnored: cannotSilence };
  return [
    {
      ...common,
      title: "training, its files do not answer",
      args: trains,
      reached: firstEpoch,
      stalls: ({ folder }) => pipesIn(`${folder}/data/train`),
    },
    {
      ...common,
      title: "evaluation, its files do not answer",
      args: trains,
      reached: said("eval, epoch 1 of"),
      stalls: ({ folder }) => pipesIn(`${folder}/data/valid`),
    },
    {
      ...common,
      title: "verify, its files do not answer",
      args: ["verify", ...SMALL],
      before: async (place) => {
        await succeeds(place, storage, ["generate", ...SMALL]);
        await pipesIn(`${place.folder}/data/train`);
      },
      reached: () => true,
      // Only once they are opened it is held.
      stalls: () => pause(2000),
      isMeasured: false,
    },
    {
      ...silent,
      title: "loading, the storage of its checkpoints does not answer",
      args: ["run", ...CHECKPOINTS, "checkpoint.time_between_checkpoints=2"],
      reached: said("load checkpoint 1 of"),
      stalls: async (place) => {
        silenceIn(place, "checkpoints");
        await pause(3000);
      },
    },
    {
      ...silent,
      title: "the pause, the storage of its checkpoints does not answer",
      args: ["run", ...CHECKPOINTS, "checkpoint.time_between_checkpoints=2"],
      reached: said("load checkpoint 1 of"),
      stalls: (place) => silenceIn(place, "checkpoints"),
      stops: ["stall"],
    },
    {
      ...silent,
      title: "training, the storage of its data does not answer",
      args: trains,
      reached: firstEpoch,
      stalls: (place) => silenceIn(place, "data"),
    },
    {
      ...silent,
      title: "training with caches dropped, its data does not answer",
      args: [...trains, "storage.drop_caches=before_phase"],
      reached: firstEpoch,
      stalls: (place) => silenceIn(place, "data"),
    },
    {
      ...silent,
      title: "the listing of data of others, which does not answer",
      args: ["run", ...SMALL, ...SLOW, "workflow.generate_data=false"],
      before: async (place) => {
        await succeeds(place, storage, ["generate", ...SMALL]);
        Deno.removeSync(`${place.folder}/data/.stoker`, { recursive: true });
        // What is above answers, and says so before the listing.
        silenceIn(place, "data/train");
      },
      reached: said("looking for the dataset"),
      stalls: () => {},
      isMeasured: false,
    },
    {
      ...silent,
      title: "the look-up of its files, which do not answer",
      args: ["run", ...SMALL, ...SLOW, "workflow.generate_data=false"],
      before: async (place) => {
        await succeeds(place, storage, ["generate", ...SMALL]);
        silenceIn(place, "data/train");
      },
      reached: said("looking for the dataset"),
      stalls: () => {},
      isMeasured: false,
    },
    {
      ...silent,
      title: "the removal of its dataset, which does not answer",
      args: ["generate", ...SMALL, "--force", "dataset.num_files_train=7"],
      before: async (place) => {
        await succeeds(place, storage, ["generate", ...SMALL]);
        silenceIn(place, "data/train");
      },
      reached: said("clearing the way"),
      stalls: () => {},
      isMeasured: false,
    },
    {
      ...silent,
      title: "the beginning, the storage of its data does not answer",
      args: trains,
      before: (place) => silentFrom(place, "data"),
      reached: said("results in"),
      stalls: () => pause(1000),
      isMeasured: false,
    },
    {
      ...silent,
      title: "training, the storage of its results does not answer",
      args: trains,
      reached: firstEpoch,
      stalls: async (place) => {
        silenceIn(place, "results");
        await pause(1000);
      },
      // Without results the run goes on.
      stops: ["SIGINT", "time limit"],
      says: ["its storage does not answer"],
      losesResults: true,
    },
    {
      ...silent,
      title: "the end, the storage of its results does not answer",
      args: ["run", ...SMALL, "train.computation_time=1"],
      reached: said("generate:"),
      stalls: (place) => silenceIn(place, "results"),
      stops: ["stall"],
      says: ["its storage does not answer"],
      losesResults: true,
    },
    {
      ...silent,
      title: "the beginning, the storage of its results does not answer",
      args: trains,
      before: (place) => silentFrom(place, "results"),
      reached: said("waiting for the storage of"),
      stalls: () => {},
      isMeasured: false,
    },
  ];
}

/** Commands that only look, at a folder that does not answer. */
export function heldLooks(): Held[] {
  const look = (
    title: string,
    shown: string,
    line: (place: Place) => readonly string[],
  ): Held => ({
    title: `${title}, its folder does not answer`,
    storage: "local_fs",
    args: line({ folder: "", s3: null, silenced: [] }),
    line,
    before: (place) => silentFrom(place, "silent"),
    reached: said(shown),
    stalls: () => {},
    stops: STOPS,
    isMeasured: false,
    isIgnored: cannotSilence,
  });
  const silentFolder = ({ folder }: Place) => `${folder}/silent`;
  return [
    look("doctor", "looking at", (place) => [
      "doctor",
      `--data=${silentFolder(place)}/data`,
    ]),
    look("datasize", "asking what is free", (place) => [
      "datasize",
      `--data=${silentFolder(place)}/data`,
    ]),
    look("the dry run", "asking what is free", (place) => [
      "run",
      "--dry-run",
      `--data=${silentFolder(place)}/data`,
    ]),
    look("the dry run of generate", "asking what is free", (place) => [
      "generate",
      "--dry-run",
      `--data=${silentFolder(place)}/data`,
    ]),
    look("the dry run that counts", "looking for the dataset", (place) => [
      "run",
      "--dry-run",
      "workflow.generate_data=false",
      "dataset.num_files_train=all",
      `--data=${silentFolder(place)}/data`,
    ]),
    look("inspect", "listing", (place) => [
      "inspect",
      silentFolder(place),
    ]),
    look("report", "reading the results", (place) => [
      "report",
      silentFolder(place),
    ]),
    look("validate", "reading what is in", (place) => [
      "validate",
      silentFolder(place),
    ]),
  ];
}

/** A folder that is silent from its beginning. */
function silentFrom(place: Place, name: string): Promise<void> {
  Deno.mkdirSync(`${place.folder}/${name}`);
  silenceIn(place, name);
  return Promise.resolve();
}

async function pipesIn(folder: string, names = /^img_/): Promise<void> {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (!names.test(name)) continue;
    const pipe = `${folder}/.pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    Deno.renameSync(pipe, `${folder}/${name}`);
  }
}

function silenceIn({ folder, silenced }: Place, name: string): void {
  silenced.push(silence(`${folder}/${name}`));
}

async function succeeds(
  { folder }: Place,
  storage: string,
  args: readonly string[],
): Promise<void> {
  const { success, stderr } = await stoker([
    ...args,
    `storage.storage_type=${storage}`,
    `--data=${folder}/data`,
    `checkpoint.checkpoint_folder=${folder}/checkpoints`,
    ...(args[0] === "run" ? [`--results=${folder}/before`] : []),
  ]).output();
  assert(success, new TextDecoder().decode(stderr));
}

function pause(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
