/**
 * What `stoker doctor` found out about an object store.
 */

/** Facts about a bucket. */
export interface ObjectFacts {
  readonly stokerVersion: string;
  readonly denoVersion: string;
  /** "s3", "aistore". */
  readonly storage: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoints: readonly string[];
  /** False: `storage.storage_options.preflight` turns it off. */
  readonly isTried: boolean;
  /** Which step failed; null if all went well. */
  readonly problem: string | null;
}

/** The facts as aligned lines. */
export function objectText(facts: ObjectFacts): string {
  const rows: readonly (readonly [string, string])[] = [
    ["Stoker", `${facts.stokerVersion} on Deno ${facts.denoVersion}`],
    ["Storage", facts.storage],
    ["Bucket", facts.bucket],
    ["Prefix", facts.prefix],
    ["Endpoints", facts.endpoints.join(", ")],
    ["Write, read, list, remove", triedText(facts)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`)
    .join("\n");
}

function triedText({ isTried, problem }: ObjectFacts): string {
  if (problem !== null) return `no: ${problem}`;
  return isTried ? "yes" : "not tried (storage.storage_options.preflight)";
}
