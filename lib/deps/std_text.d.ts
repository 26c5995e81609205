// The part of @std/text 1.x that Stoker uses.
// Reference: https://jsr.io/@std/text/doc

export function levenshteinDistance(str1: string, str2: string): number;
