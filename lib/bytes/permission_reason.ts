/**
 * Why Deno does not permit something, and what helps: the one place that
 * says it.
 */

/** Folders that Deno opens to nobody but `--allow-all`. */
const SYSTEM_FOLDER_REGEXP = /^\/(dev|proc|sys)(\/|$)/;

/** Where Stoker runs: what helps differs. */
export interface Runtime {
  /** Whether this is the executable, whose permissions are fixed. */
  readonly isExecutable: boolean;
}

/**
 * The reason as a clause.
 *
 * @param path What was to be read or written.
 * @param runtime @default {this process}
 */
export function permissionReason(
  path: string,
  { isExecutable }: Runtime = { isExecutable: Deno.build.standalone },
): string {
  const folder = SYSTEM_FOLDER_REGEXP.exec(path)?.[1];
  if (folder === undefined) {
    return "Stoker was started without the permission for it";
  }
  const rule = `Deno lets only --allow-all reach below /${folder}`;
  return isExecutable
    ? `${rule}, which the executable does not have and cannot be given; use ` +
      `another folder, a tmpfs mounted elsewhere for one in memory, or ` +
      `Stoker's sources with "deno run --allow-all main.ts"`
    : `${rule}: use another folder, or "deno run --allow-all main.ts"`;
}
