/**
 * The comparability classes that MLPerf Storage declares: which published
 * rows a run may be laid beside. Spellings of one workload are one class.
 *
 * Source: https://github.com/mlcommons/storage,
 * `mlpstorage_py/rules/editions.yaml` (September 2026). A later edition adds
 * rows.
 */

/** One class as it is declared. */
export interface PublishedClass {
  /** Its label, such as "unet3d-b200-A". */
  readonly id: string;
  /** Rounds whose published rows belong to it. */
  readonly editions: readonly string[];
  /** Hashes of `core_config.ts`, one for each spelling. */
  readonly hashes: readonly string[];
}

/** All of them; of the closed division, since others are never declared. */
export const PUBLISHED_CLASSES: readonly PublishedClass[] = [
  ["cosmoflow-a100-A", "1.0 2.0", "329a3541eb5c1a36 b49b896e947a408b"],
  ["cosmoflow-h100-A", "1.0 2.0", "54541a1d49e87763 4b7b36339a2a5b0d"],
  ["llama3-1t-A", "3.0", "45fd627ad9dc5f4c"],
  ["llama3-1t-B", "2.0", "0918b2db633242db"],
  ["llama3-405b-A", "3.0", "7adcfa87a5c4c8e6"],
  ["llama3-405b-B", "2.0", "7e9f853cebd52aa6"],
  ["llama3-70b-A", "3.0", "3c53fe70d64f91d4"],
  ["llama3-70b-B", "2.0", "c48a92d225d70ce8"],
  ["llama3-8b-A", "2.0 3.0", "68df04b7240e3fb0"],
  ["resnet50-a100-A", "1.0 2.0", "61ae77b994223584 4a03838105aa5808"],
  ["resnet50-h100-A", "1.0 2.0", "c8ec10780f4c9bd7 03a7be3df904e1e7"],
  ["retinanet-b200-A", "3.0", "20c73f53486caba0"],
  ["retinanet-mi355-A", "3.0", "66c43604eb650987"],
  ["unet3d-a100-A", "1.0 2.0", "4c86124e6f33db13 691cea309c4f2f52"],
  ["unet3d-b200-A", "3.0", "0d3ad0dec188becd f636f5a57473fca2"],
  ["unet3d-h100-A", "1.0 2.0", "f4d46006aa421634 0f3dd7a4bf6433a3"],
].map(([id = "", editions = "", hashes = ""]) => ({
  id,
  editions: editions.split(" "),
  hashes: hashes.split(" "),
}));

/** The declared class of a hash; undefined if no published row has it. */
export function publishedClass(hash: string): PublishedClass | undefined {
  return PUBLISHED_CLASSES.find(({ hashes }) => hashes.includes(hash));
}

/** Which published rows a run of a class may be laid beside, as text. */
export function publishedClassText(hash: string): string {
  const found = publishedClass(hash);
  return found === undefined
    ? `${hash}: no published class of MLPerf Storage has it`
    : `${hash}: ${found.id}, comparable with closed rows of MLPerf Storage ` +
      found.editions.join(" and ");
}
