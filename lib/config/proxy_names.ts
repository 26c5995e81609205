/**
 * Names of the variables of proxies: apart from those that fill settings, as
 * every start of the process needs them and none needs the kinds of storage.
 */

/**
 * Variables of proxies. They are taken out of the process's own environment,
 * since Deno's fetch reads them there whatever it is permitted.
 */
export const PROXY_NAMES: readonly string[] = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
].flatMap((name) => [name, name.toLowerCase()]);
