/**
 * Section `storage`: where data and checkpoints are.
 */
import { z } from "zod";
import { ALL_KINDS } from "../../storage/kinds.ts";
import {
  asWords,
  choice,
  optionalText,
  secondCount,
  text,
} from "../setting.ts";

const OPTIONS_RULE = "it must be a map";

/** Words for a kind beside its name; YAML's null means the kind "null". */
const TYPE_ALIASES = Object.fromEntries([
  ...ALL_KINDS.flatMap(({ name, aliases = [] }) =>
    aliases.map((alias) => [alias, name])
  ),
  ["null", "null"],
]);

/** Section `storage`. */
export const storageSettings = z.strictObject({
  storage_type: choice(asWords(ALL_KINDS.map(({ name }) => name)), {
    help: "Kind of storage; parallel_fs means local_fs; " +
      "null reads and writes nothing (Stoker's own)",
    aliases: TYPE_ALIASES,
  }).default("local_fs"),
  storage_root: text("./", { help: "Folder that paths start from; bucket" }),
  storage_options: z.record(z.string(), z.unknown(), { error: OPTIONS_RULE })
    .nullable().default(null).meta({
      description: "Options of the kind of storage, each a setting: " +
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
