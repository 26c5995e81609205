/**
 * Endpoints as they are written: one URL, several, or ranges such as
 * `http://node[01-16]:9000`.
 */

const RANGE_REGEXP = /\[(\d+)-(\d+)\]/;
/** More would be a slip of the pen. */
const MAX_ENDPOINTS = 1024;

/**
 * Writes out the ranges of an endpoint; numbers keep their leading zeros.
 *
 * @returns Null if a range runs backwards or is longer than 1024.
 */
export function expandEndpoint(text: string): string[] | null {
  const match = RANGE_REGEXP.exec(text);
  // Square brackets are those of an IPv6 address otherwise.
  if (match === null) return [text];
  const [whole, firstText = "", lastText = ""] = match;
  const first = Number(firstText);
  const last = Number(lastText);
  if (last < first || last - first >= MAX_ENDPOINTS) return null;
  const expanded: string[] = [];
  for (let number = first; number <= last; number++) {
    const digits = `${number}`.padStart(firstText.length, "0");
    const rest = expandEndpoint(
      text.slice(0, match.index) + digits +
        text.slice(match.index + whole.length),
    );
    if (rest === null) return null;
    expanded.push(...rest);
  }
  return expanded.length > MAX_ENDPOINTS ? null : expanded;
}

/**
 * An endpoint as an origin with its path: "http://host:9000".
 *
 * @param secure Scheme of an endpoint that has none.
 * @returns Null if it is no address of an HTTP server.
 */
export function normalEndpoint(text: string, secure: boolean): string | null {
  const address = text.includes("://")
    ? text
    : `${secure ? "https" : "http"}://${text}`;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  const isPlain = url.username === "" && url.password === "" &&
    url.search === "" && url.hash === "" && url.hostname !== "";
  if (!isHttp || !isPlain) return null;
  return url.origin + url.pathname.replace(/\/+$/, "");
}
