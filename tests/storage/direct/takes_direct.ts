/** Where tests of O_DIRECT can run. */
import { DirectStorage } from "../../../lib/storage/direct/direct.ts";

/** Whether the file system of temporary files takes O_DIRECT at all. */
export function tempTakesDirect(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    new DirectStorage("").open(path).close();
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(path);
  }
}
