/**
 * The commands that Stoker has: one line each, in the order in which `help`
 * lists them. Each is loaded when it is called (`lazy_import.ts`): `version`
 * needs no engine.
 */
import { lazyImport } from "../lazy_import.ts";
import type { Command, CommandLoader } from "./line/command.ts";

const load = lazyImport<{ readonly command: Command }>;

/** All commands by name. */
export const COMMANDS: Readonly<Record<string, CommandLoader>> = {
  run: () => load(import.meta.resolve("./commands/run.ts")),
  saturate: () => load(import.meta.resolve("./commands/saturate.ts")),
  generate: () => load(import.meta.resolve("./commands/generate.ts")),
  verify: () => load(import.meta.resolve("./commands/verify.ts")),
  inspect: () => load(import.meta.resolve("./commands/inspect.ts")),
  merge: () => load(import.meta.resolve("./commands/merge.ts")),
  report: () => load(import.meta.resolve("./commands/report.ts")),
  compare: () => load(import.meta.resolve("./commands/compare.ts")),
  history: () => load(import.meta.resolve("./commands/history.ts")),
  validate: () => load(import.meta.resolve("./commands/validate.ts")),
  datasize: () => load(import.meta.resolve("./commands/datasize.ts")),
  workloads: () => load(import.meta.resolve("./commands/workloads.ts")),
  config: () => load(import.meta.resolve("./commands/config.ts")),
  doctor: () => load(import.meta.resolve("./commands/doctor.ts")),
  completions: () => load(import.meta.resolve("./commands/completions.ts")),
  help: () => load(import.meta.resolve("./commands/help.ts")),
  version: () => load(import.meta.resolve("./commands/version.ts")),
};
