/**
 * Keys that no request may have.
 *
 * Clients build addresses from keys, and a segment `..` of an address is taken
 * away together with the one in front of it, by the client or by the server:
 * `bucket/a/../../other/x` would be an object of another bucket. It does not
 * matter where such a key comes from, a setting or a listing.
 *
 * Spec: RFC 3986, section 5.2.4.
 */

/** Whether a key has a segment `.` or `..`. */
export function hasDotSegment(key: string): boolean {
  return /(?:^|\/)\.\.?(?:\/|$)/.test(key);
}

/** Said of keys that have one. */
export const DOT_SEGMENT_RULE =
  'no segment between slashes may be "." or "..", which would lead elsewhere';
