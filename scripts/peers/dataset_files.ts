/**
 * Files of a dataset folder and their digests.
 */

/**
 * Paths of all dataset files from the folder, sorted; what Stoker notes of
 * its own below `.stoker` is not part of the dataset.
 */
export function filesBelow(folder: string): string[] {
  const paths: string[] = [];
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.name === ".stoker") continue;
    if (entry.isFile) paths.push(entry.name);
    if (!entry.isDirectory) continue;
    const below = filesBelow(`${folder}/${entry.name}`);
    paths.push(...below.map((path) => `${entry.name}/${path}`));
  }
  return paths.sort();
}

/** SHA-256 of bytes, or of a text's UTF-8, in hexadecimal digits. */
export async function sha256Hex(
  content: string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
