import { storageContract } from "../storage_contract.ts";
import { temporaryStorage } from "../temporary_storage.ts";
import { tempTakesDirect } from "./takes_direct.ts";

storageContract("direct_fs", () => temporaryStorage("direct_fs"), {
  hasFolders: true,
  ignore: !tempTakesDirect(),
});
