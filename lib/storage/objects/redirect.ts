/**
 * The target of a redirect: another host, another region, or a refusal.
 */
import type { QueryEntries } from "./followed_query.ts";
import type { ObjectName } from "./object_client.ts";
import { REFUSED_BY_RULE, RequestFailure } from "./request_failure.ts";

/** Where the request is sent instead. */
export interface RedirectTarget {
  readonly address: string;
  readonly region: string | null;
  readonly pathStyle: boolean;
  /** Query of the next request; null: the query of this one. */
  readonly query: QueryEntries | null;
}

/**
 * Follows a redirect by one step.
 *
 * @param failure The answer 301, 302, 307 or 308.
 * @param from Endpoint that gave it.
 * @throws {RequestFailure} If it leads from HTTPS to HTTP, to no HTTP server,
 *   or nowhere.
 */
export function redirectTarget(
  failure: RequestFailure,
  from: { address: string; pathStyle: boolean },
  name: ObjectName,
): RedirectTarget {
  const { location, region } = failure;
  if (location === null) {
    if (region === null) throw failure;
    return { ...from, region, query: null };
  }
  const url = redirectUrl(location, from.address);
  if (typeof url === "string") throw refuse(failure, url);
  const query = url.search === "" ? null : [...url.searchParams];
  if (url.host.startsWith(`${name.bucket}.`)) {
    const host = url.host.slice(name.bucket.length + 1);
    const address = `${url.protocol}//${host}`;
    // The wildcard of a certificate stands for a name without dots.
    const pathStyle = url.protocol === "https:" && name.bucket.includes(".");
    return { address, region, pathStyle, query };
  }
  const bucketPath = `/${name.bucket}`;
  const at = `${url.pathname}/`.indexOf(`${bucketPath}/`);
  if (at < 0) throw refuse(failure, `to ${url.origin}${url.pathname}`);
  return {
    address: url.origin + url.pathname.slice(0, at),
    region,
    pathStyle: true,
    query,
  };
}

/**
 * The address that a redirect names.
 *
 * @param location The header.
 * @param from Address that answered.
 * @returns The address, or where it leads and Stoker does not go.
 */
export function redirectUrl(location: string, from: string): URL | string {
  if (!URL.canParse(location, from)) return `to "${location}"`;
  const url = new URL(location, from);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  if (!isHttp || url.username !== "" || url.password !== "") {
    return `to "${location}", which is no plain address of an HTTP server`;
  }
  if (from.startsWith("https:") && url.protocol !== "https:") {
    return `from HTTPS to ${url.origin}`;
  }
  return url;
}

function refuse(failure: RequestFailure, where: string): RequestFailure {
  return new RequestFailure({
    status: failure.status,
    code: REFUSED_BY_RULE,
    message: `Stoker does not follow a redirect ${where}`,
    requestId: failure.requestId,
  });
}
