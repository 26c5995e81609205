/**
 * What rules want to know of a submission tree as a whole, of one
 * organization in it, and of one system of that.
 */
import type { Place } from "../place.ts";
import type { RunFacts } from "./run_facts.ts";

/** One captured source tree. */
export interface CodeImageFacts {
  readonly where: string;
  /** Of its `.code-hash.json`; null: missing or not readable. */
  readonly recordedHash: string | null;
  readonly algorithm: string | null;
  /** Null: nobody can compute the algorithm here, or it was too large. */
  readonly computedHash: string | null;
}

/** Something of a tree that was not read, and why. */
export interface UnreadFacts {
  readonly where: string;
  readonly kind: "link" | "unreadable" | "special" | "limit";
  readonly reason: string;
}

/** The whole tree. */
export interface TreeFacts extends Place {
  /** Names at the top. */
  readonly entries: readonly string[];
  /** Those of them that are pools of code images of one organization. */
  readonly pools: readonly string[];
  /** Folders below each division that is there. */
  readonly organizations: Readonly<Record<string, readonly string[]>>;
  readonly codeImages: readonly CodeImageFacts[];
  readonly unread: readonly UnreadFacts[];
}

/** A manifest `submission.yaml`. */
export interface ManifestFacts {
  readonly isReadable: boolean;
  readonly schema: string | null;
  readonly rulesEdition: string | null;
  /** Paths of leaves as listed, from the organization's folder. */
  readonly leaves: readonly string[] | null;
}

/** One organization's folder below `closed/` or `open/`. */
export interface OrganizationFacts extends Place {
  readonly name: string;
  readonly entries: readonly string[];
  /** Names in `systems/`. */
  readonly systemFiles: readonly string[];
  /** Folders in `results/`. */
  readonly systems: readonly string[];
  readonly manifest: ManifestFacts | null;
  /** Paths of its leaves, from its folder. */
  readonly leaves: readonly string[];
  /** Editions that its leaves were stamped with. */
  readonly leafEditions: readonly string[];
}

/** What a systems file says. */
export interface SystemDescription {
  readonly isReadable: boolean;
  readonly submissionName: string | null;
  readonly benchmarkApi: string | null;
  readonly isMultiHost: boolean | null;
  /** Of each entry of `clients`. */
  readonly clients: readonly {
    readonly quantity: number | null;
    readonly memoryGB: number | null;
  }[];
}

/** One system below `results/`. */
export interface SystemFacts extends Place {
  readonly name: string;
  /** Folders below the system, such as "training". */
  readonly categories: readonly string[];
  readonly trainingModels: readonly string[];
  readonly checkpointModels: readonly string[];
  /** Null: there is no systems file of that name. */
  readonly description: SystemDescription | null;
  readonly runs: readonly RunFacts[];
}
