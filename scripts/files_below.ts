/**
 * Files of the project.
 */

const root = new URL("../", import.meta.url);

/**
 * Files in a folder and below it.
 *
 * @param folder From the project's root, ending in "/".
 * @returns Paths from the project's root.
 */
export function* filesBelow(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(`${path}/`);
    else if (entry.isFile) yield path;
  }
}
