/**
 * Section `storage`: where data and checkpoints are.
 */
import { z } from "zod";
import { choice, optionalText, secondCount, text } from "../setting.ts";

const OPTIONS_RULE = "it must be a map";

/** Section `storage`. */
export const storageSettings = z.strictObject({
  storage_type: choice(["local_fs", "direct_fs", "s3", "aistore", "null"], {
    help: "Kind of storage; parallel_fs means local_fs; " +
      "null reads and writes nothing (Stoker's own)",
    aliases: { parallel_fs: "local_fs", null: "null" },
  }).default("local_fs"),
  storage_root: text("./", { help: "Folder that paths start from; bucket" }),
  storage_options: z.record(z.string(), z.unknown(), { error: OPTIONS_RULE })
    .nullable().default(null).meta({
      description: "Options of the kind of storage, checked by it: " +
        "endpoint_url, region, access_key_id, secret_access_key, …",
    }),
  storage_library: optionalText({
    help: "Client library of an object store; takes precedence over " +
      "storage_options.storage_library",
  }),
  post_generation_settle_seconds: secondCount(0, {
    help: "Wait after generating into storage that is not local (s)",
    min: 0,
  }),
  drop_caches: choice(["never", "before_epoch", "before_phase"], {
    help: "When the files in use are dropped from this host's page cache: " +
      "before each epoch and checkpoint load, or also before each " +
      "evaluation (Stoker's own)",
    aliases: {
      "before-epoch": "before_epoch",
      "before-phase": "before_phase",
    },
  }).default("never"),
});
