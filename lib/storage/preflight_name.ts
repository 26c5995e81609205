/**
 * Names of the test files and objects of a preflight: when they were made,
 * then what makes them unique. So the next run can tell what a killed run left
 * from what another run is testing now.
 */

/** What such names begin with. */
export const PREFLIGHT_NAME_BEGIN = ".stoker-preflight-";

const PREFLIGHT_NAME_REGEXP = /^\.stoker-preflight-([0-9a-z]+)-[0-9a-f-]{36}$/;
const ANY_NAME_REGEXP = /\.stoker-preflight-[0-9a-z]+-[0-9a-f-]{36}/g;
/** A test file of that age was left by a run that was killed. */
const LEFTOVER_MS = 24 * 60 * 60 * 1000;

/** A name for a test file. @param wallMs Milliseconds since 1970. */
export function preflightName(wallMs: number): string {
  return `${PREFLIGHT_NAME_BEGIN}${wallMs.toString(36)}-${crypto.randomUUID()}`;
}

/** A text in which all such names are the same. */
export function withoutPreflightNames(text: string): string {
  return text.replaceAll(ANY_NAME_REGEXP, `${PREFLIGHT_NAME_BEGIN}\u2026`);
}

/**
 * Whether a file was left by a test that was killed more than a day ago.
 *
 * @param name Its name.
 * @param wallMs Now, milliseconds since 1970.
 */
export function isLeftover(name: string, wallMs: number): boolean {
  const made = PREFLIGHT_NAME_REGEXP.exec(name)?.[1];
  if (made === undefined) return false;
  return wallMs - parseInt(made, 36) > LEFTOVER_MS;
}
