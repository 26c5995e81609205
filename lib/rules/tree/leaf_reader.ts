/**
 * The facts of the folder of an invocation: names of its files, its stamp.
 */
import type { LeafFacts, ProvenanceFacts } from "../facts/leaf.ts";
import type { PhaseRunFacts } from "../facts/series.ts";
import { mapOf, nameOf, numberOf, textOf } from "../values.ts";
import type { FileTree } from "./file_tree.ts";
import { readRunDocuments, type RunDocuments } from "./run_documents.ts";

/** A pointer to a code image is one line. */
const MAX_POINTER_BYTES = 4096;

/** Where an invocation stands, and as what. */
export type LeafPlace = Pick<
  LeafFacts,
  "where" | "division" | "family" | "phase" | "codeImages"
>;

/** Reads what a leaf has beside its figures. */
export async function readLeaf(
  tree: FileTree,
  place: LeafPlace,
): Promise<LeafFacts> {
  const folder = tree.folder(place.where);
  const config = folder.folders.get("dlio_config");
  const metadata = [...folder.files].find((name) =>
    name.endsWith("_metadata.json")
  );
  const declared = metadata === undefined
    ? null
    : (await tree.json(`${place.where}/${metadata}`))?.provenance_file ?? null;
  return {
    ...place,
    names: [...folder.files, ...folder.others, ...folder.folders.keys()],
    configNames: config === undefined
      ? null
      : [...config.files, ...config.others, ...config.folders.keys()],
    provenance: await readProvenance(tree, place.where),
    declaresProvenance: declared !== null,
    codeImage: await tree.text(
      `${place.where}/.mlps-code-image`,
      MAX_POINTER_BYTES,
    ),
  };
}

async function readProvenance(
  tree: FileTree,
  where: string,
): Promise<ProvenanceFacts | null> {
  const path = `${where}/provenance.json`;
  if (!tree.hasFile(path)) return null;
  const stamp = await tree.json(path);
  return {
    isReadable: stamp !== null,
    schema: textOf(stamp?.schema),
    rulesEdition: textOf(stamp?.rules_edition),
    codeImage: textOf(mapOf(stamp?.tool)?.code_image),
    dlioCommit: textOf(mapOf(stamp?.dlio)?.commit),
  };
}

/** Reads what a `datasize` or `datagen` recorded. */
export async function readPhaseRun(
  tree: FileTree,
  where: string,
): Promise<PhaseRunFacts> {
  const documents = await readRunDocuments(tree, where);
  return { where, metadata: phaseMetadata(documents) };
}

function phaseMetadata(
  { metadata }: RunDocuments,
): PhaseRunFacts["metadata"] {
  if (metadata === null) return null;
  const args = mapOf(metadata.args) ?? {};
  const dataset = mapOf(mapOf(metadata.parameters)?.dataset) ?? {};
  const hosts = typeof args.hosts === "string"
    ? args.hosts.split(",")
    : Array.isArray(args.hosts)
    ? args.hosts
    : null;
  return {
    numFilesTrain: numberOf(dataset.num_files_train),
    numSubfoldersTrain: numberOf(dataset.num_subfolders_train),
    totalDiskBytes: numberOf(dataset.total_disk_bytes),
    model: nameOf(args.model) ?? nameOf(metadata.model),
    acceleratorType: nameOf(args.accelerator_type),
    maxAccelerators: numberOf(args.max_accelerators),
    hostMemoryGB: numberOf(args.client_host_memory_in_gb),
    hostCount: numberOf(args.num_client_hosts) ?? hosts?.length ?? null,
    dataFolder: textOf(args.data_dir) ?? textOf(dataset.data_folder),
  };
}
