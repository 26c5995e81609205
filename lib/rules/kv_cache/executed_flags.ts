/**
 * Flags of the commands that a KV cache run has executed.
 *
 * The metadata's `args` cannot tell: a published CLOSED run has
 * `enable_rag: true` there, a default that no client was given.
 */
import type { KvCacheFacts } from "../facts/kv_cache.ts";
import { type Problem, unchecked } from "../rule.ts";

/** Problems of flags that were given to a client. */
export function* executedFlags(
  { options }: KvCacheFacts,
  names: readonly string[],
): Generator<Problem> {
  const commands = options.flatMap((option) => option.commands);
  if (commands.length === 0) {
    yield unchecked(
      "the commands that were executed",
      "metadata: command_output_files",
    );
    return;
  }
  for (const name of names) {
    if (!commands.some((flags) => flags.has(name))) continue;
    yield { have: `--${name.replaceAll("_", "-")}`, need: "without it" };
  }
}
