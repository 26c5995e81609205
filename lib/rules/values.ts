/**
 * Values of results as people and tools really write them: numbers as texts,
 * names in upper case, folders with a slash at the end.
 */

/**
 * A number, or a text that is one.
 *
 * @returns Null if it is neither, or not finite.
 */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value.replaceAll(/[_,](?=\d{3}(?!\d))/g, ""));
  return Number.isFinite(number) ? number : null;
}

/** A text with something in it, or a number as one; else null. */
export function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** A truth value, or a text that is one in YAML or Python; else null. */
export function booleanOf(value: unknown): boolean | null {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (["true", "yes", "on", "1"].includes(text)) return true;
  return ["false", "no", "off", "0"].includes(text) ? false : null;
}

/** A name without regard to case and to "_" against "-". */
export function nameOf(value: unknown): string | null {
  return textOf(value)?.toLowerCase().replaceAll("_", "-") ?? null;
}

/** A folder without slashes at its end and without doubled ones. */
export function folderOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null) return null;
  const [, scheme = "", path = ""] = /^([a-z0-9]+:\/\/)?(.*)$/s.exec(text)!;
  const plain = path.replaceAll(/\/{2,}/g, "/").replaceAll(/\/\.(?=\/|$)/g, "");
  const short = plain.length > 1 ? plain.replace(/\/$/, "") : plain;
  return scheme + (short === "" ? "/" : short);
}

/** An object that is no list; else null. */
export function mapOf(
  value: unknown,
): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, unknown>>
    : null;
}

/** A list; else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * A tree as dotted names to values that are no trees.
 *
 * @param tree Of limited depth.
 */
export function flattened(
  tree: Readonly<Record<string, unknown>>,
  prefix = "",
  into: Map<string, unknown> = new Map(),
): Map<string, unknown> {
  for (const [key, value] of Object.entries(tree)) {
    const map = mapOf(value);
    if (map === null) into.set(prefix + key, value);
    else flattened(map, `${prefix}${key}.`, into);
  }
  return into;
}

/** A number for people: "148,000". */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 3 });
}
