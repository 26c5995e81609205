/**
 * @std/assert through its npm mirror, with types of our own: the mirror ships
 * none and `jsr:` is not reachable on every build machine. Where it is, the
 * import map's entry becomes `jsr:@std/assert@1` and this file goes away.
 *
 * @module
 */
// @ts-types="./std_assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
