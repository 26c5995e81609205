/**
 * Finds workloads: files of `workloads/`, which the executable contains too,
 * files by path, and files of `--config-dir`.
 *
 * A folder given with `--config-dir` is searched before the built-in workloads.
 * DLIO searches it last, so a file with the name of a built-in workload would
 * never be read.
 */
import { MAX_SETTINGS_BYTES, readSmallText } from "../../bytes/small_file.ts";
import { ConfigError, StorageError } from "../../errors.ts";
import { didYouMean } from "../../bytes/did_you_mean.ts";
import type { YamlText } from "../../config/yaml_source.ts";

/** Where `workloads/` is, in the source tree and in the executable. */
const BUILT_IN_FOLDER = new URL("../../../workloads/", import.meta.url);

const YAML_REGEXP = /\.ya?ml$/;

/** A workload file that was found. */
export interface WorkloadFile extends YamlText {
  /** The name without folder and ending. */
  readonly name: string;
  /** Whether it is one of Stoker's own. */
  readonly isBuiltIn: boolean;
}

/**
 * Names of the built-in workloads, sorted.
 */
export async function listBuiltInWorkloads(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(BUILT_IN_FOLDER)) {
    if (entry.isFile && YAML_REGEXP.test(entry.name)) {
      names.push(entry.name.replace(YAML_REGEXP, ""));
    }
  }
  return names.sort();
}

/**
 * Reads a workload file.
 *
 * @param nameOrPath The name of a workload, or a path: it has a "/" or ends
 *   in ".yaml" or ".yml".
 * @param options.configDir Folder that is searched first, for
 *   "workload/NAME.yaml" and "NAME.yaml"; null: none.
 * @throws {ConfigError} If there is no such workload, or it is unreadable.
 */
export async function readWorkloadFile(
  nameOrPath: string,
  { configDir = null }: { readonly configDir?: string | null } = {},
): Promise<WorkloadFile> {
  if (nameOrPath.includes("/") || YAML_REGEXP.test(nameOrPath)) {
    return await readPath(nameOrPath);
  }
  for (const folder of configDir === null ? [] : configFolders(configDir)) {
    for (const ending of ["yaml", "yml"]) {
      const path = `${folder}/${nameOrPath}.${ending}`;
      const text = await readTextIfThere(path);
      if (text !== null) {
        return { name: nameOrPath, path, text, isBuiltIn: false };
      }
    }
  }
  const names = await listBuiltInWorkloads();
  if (!names.includes(nameOrPath)) {
    const candidates = [...names, ...await namesIn(configDir)];
    const place = configDir === null ? "" : `, not in ${configDir} either`;
    throw new ConfigError([
      `Cannot find the workload "${nameOrPath}"${place}` +
      suggestion(nameOrPath, candidates),
    ]);
  }
  const url = new URL(`${nameOrPath}.yaml`, BUILT_IN_FOLDER);
  return {
    name: nameOrPath,
    path: `workloads/${nameOrPath}.yaml`,
    text: await Deno.readTextFile(url),
    isBuiltIn: true,
  };
}

/**
 * DLIO has had a workload of one name where there now is one for each
 * accelerator: "unet3d" means one of unet3d_a100, unet3d_h100 …
 */
function suggestion(name: string, names: readonly string[]): string {
  const family = (of: string): string => {
    const members = [...new Set(names)]
      .filter((each) => of !== "" && each.startsWith(`${of}_`)).sort();
    if (members.length === 1) return `; did you mean "${members[0]}"`;
    return members.length === 0 ? "" : `; there are ${members.join(", ")}`;
  };
  // "resnet50_tf" is of the family of resnet50 as well.
  return family(name) || didYouMean(name, names) ||
    family(name.replace(/_[^_]*$/, ""));
}

async function readPath(path: string): Promise<WorkloadFile> {
  const text = await readTextIfThere(path);
  if (text === null) {
    throw new ConfigError([`Cannot read "${path}": there is no such file`]);
  }
  const name = path.slice(path.lastIndexOf("/") + 1).replace(YAML_REGEXP, "");
  return { name, path, text, isBuiltIn: false };
}

function configFolders(configDir: string): string[] {
  const folder = configDir.replace(/(?<=.)\/+$/, "");
  return [`${folder}/workload`, folder];
}

/** Only for a hint, so a folder that cannot be listed has no names. */
async function namesIn(configDir: string | null): Promise<string[]> {
  const names: string[] = [];
  for (const folder of configDir === null ? [] : configFolders(configDir)) {
    try {
      for await (const entry of Deno.readDir(folder)) {
        if (YAML_REGEXP.test(entry.name)) {
          names.push(entry.name.replace(YAML_REGEXP, ""));
        }
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
    }
  }
  return names;
}

/** @returns The text, or null if there is no file. */
async function readTextIfThere(path: string): Promise<string | null> {
  try {
    return await readSmallText(path, { maxBytes: MAX_SETTINGS_BYTES });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new ConfigError([error.message]);
  }
}

/** Errors of the system and of permissions, not defects. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error &&
    ("code" in error || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.InvalidData);
}
