/**
 * Keeps secrets out of whatever is printed, logged or saved.
 *
 * A secret is any value whose key speaks of secrets, tokens, passwords or
 * access keys (in a misspelled section too), any under `storage_options` whose
 * key speaks of keys at all or whose row says so, and any `user:password@` in
 * a URL. Hiding too much costs little; a secret that was shown cannot be taken
 * back.
 */
import { ALL_KINDS } from "../storage/kinds.ts";
import { MASK, speaksOfSecret } from "./secret_words.ts";

/** Options whose rows say so, of all kinds of storage. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(
  ALL_KINDS.flatMap(({ options }) =>
    Object.entries(options).filter(([, row]) => row.isSecret === true)
      .map(([name]) => name)
  ),
);
const URL_PASSWORD_REGEXP = /(\/\/[^/:@\s]*):[^/@\s]*@/g;

/**
 * Whether the value of a setting must not be shown.
 *
 * @param path Dotted path, such as "storage.storage_options.access_key_id".
 */
export function isSecretPath(path: string): boolean {
  if (speaksOfSecret(path)) return true;
  const option = /(?:^|\.)storage_options\.([^.]+)/.exec(path)?.[1];
  return option !== undefined && SECRET_OPTIONS.has(option);
}

/**
 * A copy of a value in which every secret is masked.
 *
 * @param value Any plain value.
 * @param path Its dotted path; "" for a whole workload.
 */
export function maskSecrets(value: unknown, path: string): unknown {
  if (value !== null && value !== undefined && isSecretPath(path)) return MASK;
  if (typeof value === "string") {
    return value.replaceAll(URL_PASSWORD_REGEXP, `$1:${MASK}@`);
  }
  if (Array.isArray(value)) return value.map((each) => maskSecrets(each, path));
  if (typeof value !== "object" || value === null) return value;
  const masked: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    masked[key] = maskSecrets(each, path === "" ? key : `${path}.${key}`);
  }
  return masked;
}

/**
 * The text of an override, fit to be shown.
 *
 * @param text The word as typed: "storage.storage_options.x_key=abc".
 * @param path The path that it sets.
 * @param value The value that it gives.
 */
export function maskOverride(
  text: string,
  path: string,
  value: unknown,
): string {
  const masked = maskSecrets(value, path);
  if (JSON.stringify(masked) === JSON.stringify(value)) return text;
  return `${text.slice(0, text.indexOf("=") + 1)}${MASK}`;
}
