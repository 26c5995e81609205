/**
 * Which names may become a part of a path: the one place that decides it, for
 * settings, for what a manifest says and for what a format makes of them.
 *
 * A name that leads out of its folder would be written, or with `--force`
 * removed, where nobody asked for it.
 */

/** Longest name that file systems take, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

// deno-lint-ignore no-control-regex -- NUL to US and DEL are what is refused.
const CONTROL_REGEXP = /[\x00-\x1f\x7f]/;

/**
 * Says what keeps a text from being a path below a folder.
 *
 * @param path Names with "/" between them.
 * @returns The rule that it breaks, as a clause after "it must"; null: none.
 */
export function relativePathRule(path: string): string | null {
  if (path === "") return "not be empty";
  if (CONTROL_REGEXP.test(path)) return "not have control characters";
  if (path.startsWith("/")) return 'not begin with "/"';
  for (const name of path.split("/")) {
    if (name === "") return 'not have an empty name, as in "a//b" or "a/"';
    if (name === "." || name === "..") return `not have the name "${name}"`;
    if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
      return `not have a name of more than ${MAX_NAME_BYTES} bytes`;
    }
  }
  return null;
}

/**
 * Says what keeps a text from being one name in a folder.
 *
 * @returns As {@linkcode relativePathRule}.
 */
export function fileNameRule(name: string): string | null {
  return name.includes("/") ? 'not have "/"' : relativePathRule(name);
}

/**
 * Says what keeps a text from being the prefix of an object's key. "./" in
 * front and "/" at the ends mean nothing, as in DLIO's "./data/".
 *
 * @param prefix As the settings have it, also as `scheme://bucket/prefix`.
 * @returns As {@linkcode relativePathRule}.
 */
export function keyPrefixRule(prefix: string): string | null {
  const key = prefix.replace(/^\w+:\/\/[^/]*/, "")
    .replace(/^(\.?\/+)+/, "").replace(/\/+$/, "");
  return key === "" || key === "." ? null : relativePathRule(key);
}

/** Whether a text has control characters, which no path should have. */
export function hasControlCharacters(text: string): boolean {
  return CONTROL_REGEXP.test(text);
}

/**
 * A foreign name as it can be shown: control characters as \xNN.
 *
 * @param name Anything that a folder or a server calls a file.
 */
export function shownName(name: string): string {
  return name.replace(
    new RegExp(CONTROL_REGEXP, "g"),
    (character) =>
      `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/**
 * A path without "." and ".." as far as text goes, so that all of its uses
 * mean one place: Deno resolves "nx/../out" as text for some calls, and asks
 * the system, for which there may be no "nx", for others.
 *
 * @param path As it was given.
 */
export function plainPath(path: string): string {
  if (!/(^|\/)\.{1,2}(\/|$)/.test(path)) return path;
  const isAbsolute = path.startsWith("/");
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    const above = names.at(-1);
    if (name !== ".." || (above === undefined || above === "..")) {
      // Above the root is the root.
      if (name !== ".." || !isAbsolute) names.push(name);
    } else {
      names.pop();
    }
  }
  const plain = names.join("/");
  if (isAbsolute) return `/${plain}`;
  return plain === "" ? "." : plain;
}
