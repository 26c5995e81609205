/**
 * The files of one run that rules read, parsed.
 */
import { mapOf } from "../values.ts";
import type { FileTree, Folder } from "./file_tree.ts";

/** A tree of JSON or YAML. */
export type Document = Readonly<Record<string, unknown>>;

/** Parsed files of the folder of a run; null: not there, or not readable. */
export interface RunDocuments {
  /** The folder's path from the tree's root; "" is the root. */
  readonly path: string;
  readonly folder: Folder;
  readonly metadata: Document | null;
  readonly summary: Document | null;
  /** `workload` of `config.yaml`. */
  readonly config: Document | null;
  /** Of `overrides.yaml`: texts "++workload.a.b=v". */
  readonly overrides: readonly unknown[] | null;
  readonly separation: Document | null;
  readonly epochStats: Document | null;
}

/** Folders of Hydra's files: the field's name, and DLIO's own. */
const CONFIG_FOLDERS = ["dlio_config", ".hydra"];

/** Reads them. */
export async function readRunDocuments(
  tree: FileTree,
  path: string,
): Promise<RunDocuments> {
  const folder = tree.folder(path);
  const at = (name: string) => path === "" ? name : `${path}/${name}`;
  const read = async (name: string | undefined) =>
    name === undefined ? null : await tree.json(at(name));
  const config =
    CONFIG_FOLDERS.find((name) =>
      folder.folders.has(name) || tree.hasFile(at(`${name}/config.yaml`))
    ) ?? CONFIG_FOLDERS[0]!;
  const configRoot = mapOf(await tree.yaml(at(`${config}/config.yaml`)));
  const overrides = await tree.yaml(at(`${config}/overrides.yaml`));
  return {
    path,
    folder,
    metadata: await read(named(folder, /_metadata\.json$/)),
    summary: await read(
      folder.files.has("summary.json")
        ? "summary.json"
        : named(folder, /summary\.json$/),
    ),
    config: mapOf(configRoot?.workload ?? configRoot),
    overrides: Array.isArray(overrides) ? overrides : null,
    separation: await read(named(folder, /^fs_separation\.json$/)),
    epochStats: await read(
      folder.files.has("0_per_epoch_stats.json")
        ? "0_per_epoch_stats.json"
        : named(folder, /per_epoch_stats\.json$/),
    ),
  };
}

/** The first file of such a name. */
function named(folder: Folder, pattern: RegExp): string | undefined {
  return [...folder.files].filter((name) => pattern.test(name)).sort()[0];
}
