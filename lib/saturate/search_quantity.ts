/**
 * What a search varies: the number of accelerators, or a setting of their
 * readers while their number stays.
 *
 *    accelerators   the most that meet the goal
 *    read_threads   the fewest with which it is met
 */

/** A quantity that a search can vary. */
export interface SearchQuantity {
  /** As `--over` spells it. */
  readonly name: string;
  /** "accelerator", "accelerators" and so on. */
  readonly one: string;
  readonly many: string;
  /** The setting that it is; null: the number of accelerators. */
  readonly setting: string | null;
  /** Whether more of it makes the goal harder to meet. */
  readonly isLoad: boolean;
  /** Largest value where nobody gives one. */
  readonly defaultMax: number;
}

/** All of them by name. */
export const SEARCH_QUANTITIES: Readonly<Record<string, SearchQuantity>> = {
  accelerators: {
    name: "accelerators",
    one: "accelerator",
    many: "accelerators",
    setting: null,
    isLoad: true,
    defaultMax: 1_000_000,
  },
  read_threads: {
    name: "read_threads",
    one: "reader thread per accelerator",
    many: "reader threads per accelerator",
    setting: "reader.read_threads",
    isLoad: false,
    defaultMax: 64,
  },
};

/** "1 accelerator", "12 accelerators". */
export function countText(
  { one, many }: Pick<SearchQuantity, "one" | "many">,
  count: number,
): string {
  return `${count} ${count === 1 ? one : many}`;
}
