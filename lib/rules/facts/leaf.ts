/**
 * What rules want to know of the folder of one invocation in a submission
 * tree, beside its figures: which files it has, and where it came from.
 */
import type { Place } from "../place.ts";

/** What `provenance.json` says. */
export interface ProvenanceFacts {
  readonly isReadable: boolean;
  readonly schema: string | null;
  readonly rulesEdition: string | null;
  readonly codeImage: string | null;
  readonly dlioCommit: string | null;
}

/** The folder of one invocation. */
export interface LeafFacts extends Place {
  /** "training", "checkpointing", "vector_database" or "kv_cache". */
  readonly family: string;
  /** "datasize", "datagen" or "run". */
  readonly phase: string;
  /** Names of its files and folders. */
  readonly names: readonly string[];
  /** Names in `dlio_config/`; null: no such folder. */
  readonly configNames: readonly string[] | null;
  /** Null: no `provenance.json`. */
  readonly provenance: ProvenanceFacts | null;
  /** Whether the metadata says that there is a `provenance.json`. */
  readonly declaresProvenance: boolean;
  /** Content of `.mlps-code-image`; null: no such file. */
  readonly codeImage: string | null;
  /** Names of the code images of the tree. */
  readonly codeImages: readonly string[];
}
