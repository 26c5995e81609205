/**
 * Flags whose value may be left out, but may also be the next word where that
 * word is an address: `--live 9000`, but `--live unet3d_h100`.
 */
import { isLiveAddress } from "../live/live_address.ts";

/**
 * Joins such a flag and its address: `--live 9000` becomes `--live=9000`.
 *
 * @param args Words of the command line.
 * @param flags The flags, with their dashes.
 * @returns The words; those after `--` as they are.
 */
export function joinAddresses(
  args: readonly string[],
  flags: readonly string[],
): string[] {
  const joined: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const next = args[index + 1];
    if (arg === "--") return [...joined, ...args.slice(index)];
    if (flags.includes(arg) && next !== undefined && isLiveAddress(next)) {
      joined.push(`${arg}=${next}`);
      index++;
    } else joined.push(arg);
  }
  return joined;
}
