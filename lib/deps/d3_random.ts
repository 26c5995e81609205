/**
 * The part of d3-random that Stoker uses, typed here: `@types/d3-random`
 * would add a second package for six signatures.
 *
 * @module
 */
// @ts-types="./d3_random.d.ts"
export * from "npm:d3-random@3.0.2";
