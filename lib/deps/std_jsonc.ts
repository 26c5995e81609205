/**
 * @std/jsonc through its npm mirror, with types of our own: see
 * `std_assert.ts` for why and for how it goes away.
 *
 * @module
 */
// @ts-types="./std_jsonc.d.ts"
export * from "npm:deno-std@1.4.0/jsonc/mod.js";
