// The part of @std/yaml 1.x that Stoker uses.
// Reference: https://jsr.io/@std/yaml/doc

export interface ParseOptions {
  /** Throws on a key that is given twice unless true. */
  allowDuplicateKeys?: boolean;
  onWarning?(error: Error): void;
  schema?: "core" | "default" | "extended" | "failsafe" | "json";
}

export interface StringifyOptions {
  indent?: number;
  lineWidth?: number;
  flowLevel?: number;
  skipInvalid?: boolean;
  sortKeys?: boolean | ((a: string, b: string) => number);
  useAnchors?: boolean;
  compatMode?: boolean;
  condenseFlow?: boolean;
}

/** @throws {SyntaxError} If `content` is not YAML. */
export function parse(content: string, options?: ParseOptions): unknown;
export function stringify(data: unknown, options?: StringifyOptions): string;
