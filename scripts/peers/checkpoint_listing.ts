/**
 * What is in a checkpoint folder, and what two listings have in common.
 */

const SCRIPT = new URL("checkpoint_payloads.py", import.meta.url).pathname;

/** One file. */
export interface ListedFile {
  readonly fileBytes: number;
  /** Bytes of tensors: without the container that torch.save writes. */
  readonly payloadBytes: number;
}

/** Files by their path in the checkpoint folder. */
export type Listing = Readonly<Record<string, ListedFile>>;

/**
 * Lists a checkpoint folder.
 *
 * @param python Any Python 3.
 * @throws {Error} If there is no such folder.
 */
export function listCheckpoints(python: string, folder: string): Listing {
  const { success, stdout, stderr } = new Deno.Command(python, {
    args: [SCRIPT, folder],
  }).outputSync();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot list ${folder}: ${decoder.decode(stderr)}`);
  }
  return JSON.parse(decoder.decode(stdout)) as Listing;
}

/** What two listings have in common. */
export interface ListingComparison {
  /** Paths that both have, with as many bytes of tensors. */
  readonly sameCount: number;
  /** Of these, files of the same length. */
  readonly sameLengthCount: number;
  /** One sentence for every file that is not the same. */
  readonly differences: readonly string[];
}

/**
 * Compares paths and bytes of tensors.
 *
 * @param ours Stoker's.
 * @param theirs DLIO's.
 */
export function compareListings(
  ours: Listing,
  theirs: Listing,
): ListingComparison {
  const differences: string[] = [];
  let sameCount = 0;
  let sameLengthCount = 0;
  for (const path of [...Object.keys({ ...ours, ...theirs })].sort()) {
    const [our, their] = [ours[path], theirs[path]];
    if (our?.payloadBytes === their?.payloadBytes) {
      sameCount++;
      if (our?.fileBytes === their?.fileBytes) sameLengthCount++;
      continue;
    }
    differences.push(
      `${path}: Stoker ${our?.payloadBytes ?? "none"}, ` +
        `DLIO ${their?.payloadBytes ?? "none"}`,
    );
  }
  return { sameCount, sameLengthCount, differences };
}

/** What a checkpoint file holds. */
export const STATES = ["blob", "layers", "optimizer"] as const;

/** One of {@linkcode STATES}. */
export type State = typeof STATES[number];

/** Files and their bytes of tensors. */
export interface FileSum {
  readonly fileCount: number;
  readonly payloadBytes: number;
}

/** Of which rank and state a file is. */
interface Owner {
  readonly state: State;
  readonly rank: number;
}

/** `model-1-4-0.pt`, `optimizer-1-4-0.pt`, `layer-2-1-4-0.pt`. */
const OLD_NAME = /^(model|optimizer|layer-\d+)-\d+-\d+-(\d+)\.pt$/;

/** `global_epoch1_step4/` and the names of ZeRO 0 in DLIO 3. */
const NEW_NAME =
  /^global_epoch\d+_step\d+\/(?:(model_states)-(\d+)|zero_pp_rank_(\d+)_mp_rank_(\d+)_(model|optim)_states)\.pt$/;

/**
 * Sums of a listing by state and rank, whichever of the two schemes of names
 * it is in: that of DLIO 2.0.0 or that of later releases and of Stoker.
 *
 * @param modelParallelism Ranks that share one copy of the model.
 * @returns By "STATE RANK".
 * @throws {Error} For a name of neither scheme.
 */
export function sumsByRank(
  listing: Listing,
  modelParallelism: number,
): Readonly<Record<string, FileSum>> {
  const sums: Record<string, FileSum> = {};
  for (const [path, { payloadBytes }] of Object.entries(listing)) {
    const { state, rank } = ownerOf(path, modelParallelism);
    const before = sums[`${state} ${rank}`];
    sums[`${state} ${rank}`] = {
      fileCount: (before?.fileCount ?? 0) + 1,
      payloadBytes: (before?.payloadBytes ?? 0) + payloadBytes,
    };
  }
  return sums;
}

function ownerOf(path: string, modelParallelism: number): Owner {
  const old = OLD_NAME.exec(path);
  if (old !== null) {
    const state = old[1] === "model"
      ? "blob"
      : old[1] === "optimizer"
      ? "optimizer"
      : "layers";
    return { state, rank: Number(old[2]) };
  }
  const [, blob, blobRank, data, model, part] = NEW_NAME.exec(path) ?? [];
  if (blob !== undefined) return { state: "blob", rank: Number(blobRank) };
  if (part === undefined) {
    throw new Error(`Cannot tell what is in ${path}: the name is unknown`);
  }
  return {
    state: part === "model" ? "layers" : "optimizer",
    rank: Number(data) * modelParallelism + Number(model),
  };
}
