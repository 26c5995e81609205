/**
 * Where a value came from.
 *
 * Precedence, highest first: command line, YAML, environment, `.env`,
 * default. Texts are free of secrets: they are masked when the origin is
 * made, so no printer can forget it.
 */

/** The source of one value. */
export type Origin =
  | { readonly kind: "default" }
  /** Sized for this host, or found out; `reason`: from what, by which rule. */
  | { readonly kind: "auto"; readonly reason?: string }
  /** Follows from another setting. */
  | { readonly kind: "derived"; readonly key: string }
  | { readonly kind: "environment"; readonly name: string }
  | { readonly kind: "dotenv"; readonly name: string }
  | {
    readonly kind: "file";
    readonly path: string;
    /** Line number from 1; null where it is not known. */
    readonly line: number | null;
  }
  /** A word of the command line, as it was typed. */
  | { readonly kind: "override"; readonly text: string };

/**
 * Says an origin.
 *
 * @returns "default", "auto", "auto: 8 CPUs / 2 accelerators …", "env AWS_REGION", ".env AWS_REGION",
 *   "x.yaml:12", "++workload.train.epochs=2" …
 */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return origin.kind;
    case "auto":
      return origin.reason === undefined ? "auto" : `auto: ${origin.reason}`;
    case "derived":
      return `derived from ${origin.key}`;
    case "environment":
      return `env ${origin.name}`;
    case "dotenv":
      return `.env ${origin.name}`;
    case "file":
      return origin.line === null
        ? `file ${origin.path}`
        : `file ${origin.path}:${origin.line}`;
    case "override":
      return origin.text;
  }
}
