/**
 * Values by dotted path while sources are laid over each other.
 *
 * Maps are taken apart, so every entry is a scalar, a list or an empty map,
 * and each has its own origin. Setting a map merges into what is there;
 * setting anything else replaces what is below the path, as Hydra does.
 *
 * Invariant: no entry's path is a prefix of another entry's.
 */
import type { Origin } from "./origins.ts";

/** One value and its source. */
export interface Entry {
  readonly value: unknown;
  readonly origin: Origin;
}

/** A mutable set of entries. */
export class LayeredValues {
  readonly #entries = new Map<string, Entry>();

  /** All entries, in no promised order. */
  entries(): IterableIterator<[string, Entry]> {
    return this.#entries.entries();
  }

  /** Whether there is a value at the path or below it. */
  has(path: string): boolean {
    return this.#entries.has(path) || this.below(path).length > 0;
  }

  /** The entries below a path, with what follows the path and its dot. */
  below(path: string): [string, Entry][] {
    const prefix = `${path}.`;
    const found: [string, Entry][] = [];
    for (const [each, entry] of this.#entries) {
      if (each.startsWith(prefix)) {
        found.push([each.slice(prefix.length), entry]);
      }
    }
    return found;
  }

  /** The entry exactly at the path. */
  at(path: string): Entry | undefined {
    return this.#entries.get(path);
  }

  /** Sets a value; a map is merged key by key. */
  assign(
    path: string,
    value: unknown,
    originOf: (path: string) => Origin,
  ): void {
    if (isPlainMap(value) && Object.keys(value).length > 0) {
      this.#entries.delete(path);
      for (const [key, each] of Object.entries(value)) {
        this.assign(path === "" ? key : `${path}.${key}`, each, originOf);
      }
      return;
    }
    if (isPlainMap(value) && this.has(path)) return;
    this.remove(path);
    this.#removeAncestors(path);
    this.#entries.set(path, { value, origin: originOf(path) });
  }

  /** Forgets a path and everything below it. */
  remove(path: string): void {
    this.#entries.delete(path);
    for (const [rest] of this.below(path)) {
      this.#entries.delete(`${path}.${rest}`);
    }
  }

  /** The value at a path, put together again; undefined if there is none. */
  value(path: string): unknown {
    const exact = this.#entries.get(path);
    if (exact !== undefined) return exact.value;
    const parts = this.below(path);
    if (parts.length === 0) return undefined;
    const whole: Record<string, unknown> = {};
    for (const [rest, entry] of parts) setNested(whole, rest, entry.value);
    return whole;
  }

  /** The origin at a path; of a map, that of the part that goes first. */
  origin(path: string): Origin {
    const exact = this.#entries.get(path);
    if (exact !== undefined) return exact.origin;
    const origins = this.below(path).map(([, entry]) => entry.origin);
    return origins.find((each) => each.kind === "override") ?? origins[0] ??
      { kind: "default" };
  }

  #removeAncestors(path: string): void {
    let end = path.lastIndexOf(".");
    while (end > 0) {
      this.#entries.delete(path.slice(0, end));
      end = path.lastIndexOf(".", end - 1);
    }
  }
}

/** Whether a value is a map, as YAML and JSON have them. */
export function isPlainMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Sets a value deep in a tree of maps, which it extends as needed.
 *
 * Own properties only: a key such as "__proto__" is data like any other.
 */
export function setNested(
  tree: Record<string, unknown>,
  path: string,
  value: unknown,
): void {
  const keys = path.split(".");
  const last = keys.pop()!;
  let node = tree;
  for (const key of keys) {
    if (!Object.hasOwn(node, key)) define(node, key, {});
    node = node[key] as Record<string, unknown>;
  }
  define(node, last, value);
}

/** Removes a value deep in a tree of maps; the maps above it stay. */
export function removeNested(
  tree: Record<string, unknown>,
  path: string,
): void {
  const keys = path.split(".");
  const last = keys.pop()!;
  let node = tree;
  for (const key of keys) {
    const below = Object.hasOwn(node, key) ? node[key] : undefined;
    if (!isPlainMap(below)) return;
    node = below;
  }
  delete node[last];
}

function define(
  node: Record<string, unknown>,
  key: string,
  value: unknown,
): void {
  Object.defineProperty(node, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
