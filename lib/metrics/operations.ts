/**
 * The operations whose latency is measured, in the order of their slots.
 * Adding one: a name here; regions and summaries follow.
 */
export const OPERATIONS = [
  "open",
  "read",
  "write",
  "fsync",
  "get",
  "put",
  "first_byte",
  "shard_download",
] as const;

/** Name of a measured operation. */
export type Operation = (typeof OPERATIONS)[number];

/** The operations that move a phase's bytes, by where they go. */
export const TRANSFERS: Readonly<
  Record<"read" | "write", readonly Operation[]>
> = { read: ["read", "get"], write: ["write", "put"] };
