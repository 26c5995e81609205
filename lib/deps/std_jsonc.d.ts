// The part of @std/jsonc 1.x that the tests use.
// Reference: https://jsr.io/@std/jsonc/doc

/** @throws {SyntaxError} If `text` is not JSON with comments. */
export function parse(text: string): unknown;
