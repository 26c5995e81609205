/** Where the threads of a process meet those of the others. */

/** Plain data, posted to workers as it is. */
export type BarrierPlace =
  /** The thread that speaks MPI meets the other processes for them. */
  | { readonly kind: "relay"; readonly memory: SharedArrayBuffer }
  /** Memory that all processes map, as they are on one host. */
  | HostPlace;

/** See {@linkcode BarrierPlace}. */
export interface HostPlace {
  readonly kind: "host";
  /** Where it is mapped in this process; it stays so until the process ends. */
  readonly address: bigint;
  /** Processes that meet there. */
  readonly processes: number;
}

/** Barriers that may be waited for at the same time. */
export const BARRIER_CHANNELS = { steps: 0, checkpoints: 1 } as const;

/** How many there are. */
export const BARRIER_CHANNEL_COUNT = Object.keys(BARRIER_CHANNELS).length;
