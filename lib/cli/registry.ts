/**
 * The commands that Stoker has: one line each, in the order in which `help`
 * lists them. Each is loaded when it is called: `stoker version` needs no
 * engine. Literal names, so that `deno compile` finds them.
 */
import type { CommandLoader } from "./line/command.ts";

/** All commands by name. */
export const COMMANDS: Readonly<Record<string, CommandLoader>> = {
  run: () => import("./commands/run.ts"),
  generate: () => import("./commands/generate.ts"),
  verify: () => import("./commands/verify.ts"),
  inspect: () => import("./commands/inspect.ts"),
  report: () => import("./commands/report.ts"),
  compare: () => import("./commands/compare.ts"),
  history: () => import("./commands/history.ts"),
  validate: () => import("./commands/validate.ts"),
  datasize: () => import("./commands/datasize.ts"),
  workloads: () => import("./commands/workloads.ts"),
  config: () => import("./commands/config.ts"),
  doctor: () => import("./commands/doctor.ts"),
  help: () => import("./commands/help.ts"),
  version: () => import("./commands/version.ts"),
};
