// The part of @std/cli/parse-args 1.x that Stoker uses.
// Reference: https://jsr.io/@std/cli/doc/parse-args

export interface ParseOptions {
  "--"?: boolean;
  alias?: Record<string, string | readonly string[]>;
  boolean?: readonly string[];
  collect?: readonly string[];
  default?: Record<string, unknown>;
  negatable?: readonly string[];
  stopEarly?: boolean;
  string?: readonly string[];
  /** Returns false to leave the argument out of the result. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export type Args = Record<string, unknown> & { _: (string | number)[] };

export function parseArgs(
  args: readonly string[],
  options?: ParseOptions,
): Args;
