/**
 * Writes small files in one piece: manifests, records of checkpoints.
 */
import { StokerError } from "../errors.ts";
import type { FileWriter, Storage } from "./storage.ts";

/**
 * Writes plain data as JSON; what was there before stays until the new text
 * is whole.
 *
 * @param storage Where.
 * @param path The file.
 * @param content Plain data, small enough to be held as text.
 * @param options `fsync`: whether to wait for stable storage.
 * @throws {StorageError} If it cannot be written.
 */
export async function writeJson(
  storage: Storage,
  path: string,
  content: unknown,
  { fsync }: { readonly fsync: boolean },
): Promise<void> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  await writeWhole(storage, path, new TextEncoder().encode(text), {
    atomic: true,
    fsync,
  });
}

/**
 * Writes a file in one piece; one that cannot be completed is given up.
 *
 * @param storage Where.
 * @param path The file.
 * @param bytes Its content.
 * @param options `atomic`: what was there before stays until the new file is
 *   whole. `fsync`: whether to wait for stable storage.
 * @throws {StorageError} If it cannot be written.
 */
export async function writeWhole(
  storage: Storage,
  path: string,
  bytes: Uint8Array,
  options: { readonly atomic: boolean; readonly fsync: boolean },
): Promise<void> {
  const writer = await storage.create(path, {
    expectedBytes: bytes.length,
    ...options,
  });
  try {
    await writer.write(bytes);
    await writer.commit();
  } catch (error) {
    await giveUp(writer);
    throw error;
  }
}

/**
 * Removes what was written of a file that cannot be completed. The error that
 * made it so is the one to tell: another one on the way is dropped.
 *
 * @param writer The file's writer.
 */
export async function giveUp(writer: FileWriter): Promise<void> {
  try {
    await writer.abort();
  } catch (error) {
    if (!(error instanceof StokerError)) throw error;
  }
}
