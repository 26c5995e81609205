/**
 * `stoker config`: the resolved workload, and where each value came from.
 */
import { EXIT_DONE } from "../../errors.ts";
import { comparabilityClass } from "../../config/core_config.ts";
import { COMPARABILITY_CLASS_KEY } from "../../config/gather.ts";
import { workloadJsonSchema } from "../../config/json_schema.ts";
import {
  maskedWorkload,
  renderOrigins,
  renderYaml,
  settingOrigins,
} from "../../config/render.ts";
import type { Command } from "../line/command.ts";
import { loadWorkload, sayWarnings } from "../line/workload_settings.ts";

/** The command. */
export const command: Command = {
  summary: "the resolved workload; --origins says where values came from",
  usage: "[workload] [flags] [section.key=value ...]",
  details: `\
Prints the workload as YAML after all sources were laid over each other:
command line, workload file, environment, .env, defaults. Rules between
settings that would end "run" are warnings here; nothing is run. --json also
has comparability_class: runs of one class executed the same workload (stoker
help results).`,
  flags: [
    "accelerators",
    "data",
    "odirect",
    "drop-caches",
    "insecure",
    "checkpoints",
    "verify",
    "config-dir",
    "origins",
    "schema",
    "json",
    "allow-unknown",
  ],
  takesRunFlags: true,
  maxWords: 1,
  takesOverrides: true,
  completes: "workloads",
  examples: [
    {
      line: "config unet3d_h100 --origins",
      shows: "every setting and where it came from",
    },
    {
      line: "config unet3d_h100 train.epochs=2 > my.yaml",
      shows: "a workload file to change",
    },
    {
      line: "config --schema > schema.json",
      shows: "the JSON Schema for editors",
    },
  ],
  async run(line, context) {
    const { flags } = line;
    const { console } = context;
    const printJson = (value: unknown) =>
      console.print(JSON.stringify(value, null, 2));
    if (flags.schema) {
      printJson(workloadJsonSchema());
      return EXIT_DONE;
    }
    const resolved = await loadWorkload(line, context, {
      purpose: "show",
      findsFiles: true,
    });
    sayWarnings(resolved, context);
    if (flags.json) {
      printJson(
        flags.origins ? settingOrigins(resolved) : {
          ...maskedWorkload(resolved.workload),
          [COMPARABILITY_CLASS_KEY]: comparabilityClass(resolved),
        },
      );
    } else {
      const text = flags.origins
        ? renderOrigins(resolved)
        : renderYaml(resolved.workload);
      console.print(text.trimEnd());
    }
    return EXIT_DONE;
  },
};
