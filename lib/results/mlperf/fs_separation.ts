/**
 * `fs_separation.json`: data and results are on different file systems, or
 * not. Read by MLPerf Storage's checker (rules 3.4.2 and 4.4.2).
 *
 * Source: https://github.com/mlcommons/storage,
 * `mlpstorage_py/benchmarks/fs_separation_probe.py`.
 */
import type { PlainRecord } from "../key_case.ts";

/** Name of the file. */
export const FS_SEPARATION_NAME = "fs_separation.json";

/** What was tried, and what came of it. */
export interface FsSeparation {
  readonly dataPath: string;
  readonly resultsPath: string;
  readonly dataRealPath: string;
  readonly resultsRealPath: string;
  readonly isSameFileSystem: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly probedAtMs: number;
  readonly hostname: string;
}

/** The content of the file. */
export function fsSeparationJson(separation: FsSeparation): PlainRecord {
  const probedAt = new Date(separation.probedAtMs).toISOString();
  return {
    version: 1,
    method: "link_exdev",
    data_or_chkpt_path: separation.dataPath,
    results_path: separation.resultsPath,
    data_or_chkpt_realpath: separation.dataRealPath,
    results_realpath: separation.resultsRealPath,
    same_filesystem: separation.isSameFileSystem,
    probed_at: `${probedAt.slice(0, 19)}Z`,
    probed_by_rank: 0,
    probed_by_host: separation.hostname,
  };
}
