/** Shortcuts of the configuration tests. */
import { ConfigError } from "../../lib/errors.ts";
import { parseOverrides } from "../../lib/config/overrides.ts";
import {
  type ResolveContext,
  type ResolvedWorkload,
  resolveWorkload,
} from "../../lib/config/resolve.ts";

/** What a test resolves. */
export interface Given {
  readonly yaml?: string;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly dotenv?: string;
  readonly context?: Partial<ResolveContext>;
}

/** Resolves with 8 CPUs; the file is called "w.yaml". */
export function resolveGiven(given: Given): ResolvedWorkload {
  return resolveWorkload({
    ...(given.yaml === undefined
      ? {}
      : { yaml: { path: "w.yaml", text: given.yaml } }),
    ...(given.environment === undefined
      ? {}
      : { environment: given.environment }),
    ...(given.dotenv === undefined ? {} : { dotenv: given.dotenv }),
    overrides: parseOverrides(given.words ?? []).overrides,
  }, { cpuCount: 8, ...given.context });
}

/** The problems of what must not resolve. */
export function problemsOf(given: Given): readonly string[] {
  try {
    resolveGiven(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("It resolved");
}
