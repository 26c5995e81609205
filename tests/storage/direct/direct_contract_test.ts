import { DirectStorage } from "../../../lib/storage/direct/direct.ts";
import { storageContract } from "../storage_contract.ts";
import { temporaryStorage } from "../temporary_storage.ts";

/** Whether the file system of temporary files takes O_DIRECT at all. */
function takesDirect(): boolean {
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

storageContract("direct_fs", () => temporaryStorage("direct_fs"), {
  hasFolders: true,
  ignore: !takesDirect(),
});
