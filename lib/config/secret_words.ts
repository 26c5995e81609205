/**
 * Words of settings whose values must not be shown, as far as words alone
 * tell: without what is known of each kind of storage (`secrets.ts`), which
 * taking a command line apart does not need.
 */

/** What stands where a secret would. */
export const MASK = "***";

const SECRET_PATH_REGEXP = /secret|token|passw|credential|access_?key/i;
const SECRET_OPTION_REGEXP = /(^|\.)storage_options\..*key/i;

/**
 * Whether the words of a setting say that it is a secret.
 *
 * @param path Dotted path, such as "storage.storage_options.access_key_id".
 */
export function speaksOfSecret(path: string): boolean {
  return SECRET_PATH_REGEXP.test(path) || SECRET_OPTION_REGEXP.test(path);
}
