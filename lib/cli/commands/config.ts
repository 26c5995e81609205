/**
 * `stoker config`: the resolved workload, and where each value came from.
 */
import { EXIT_DONE } from "../../errors.ts";
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
command line, workload file, environment, .env, defaults. Checks it as "run"
would, but runs nothing.`,
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
  maxWords: 1,
  takesOverrides: true,
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
      isForShow: true,
      findsFiles: true,
    });
    sayWarnings(resolved, context);
    if (flags.json) {
      printJson(
        flags.origins
          ? settingOrigins(resolved)
          : maskedWorkload(resolved.workload),
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
