/**
 * Names in a dataset folder that are not data, whatever their ending: copies
 * of attributes that macOS makes (`._IMG_1.jpg`), folders of table formats
 * and of jobs that write them. Nobody's loader reads them, and small ones
 * would make a storage look fast.
 *
 * Spark and pyarrow pass over every name that begins with "." or "_"; of the
 * latter only known ones are passed over here, since DLIO's own prefix may
 * begin so. Hive folders, `key=value`, are data.
 *
 * Spec: https://arrow.apache.org/docs/python/generated/pyarrow.dataset.dataset.html
 * (`ignore_prefixes`).
 */

/** What other tools keep beside data. */
const MARKERS: ReadonlySet<string> = new Set([
  // Table formats: Delta Lake, Hudi (also .hoodie), Iceberg, Spark streams.
  "_delta_log",
  "_delta_index",
  "_change_data",
  "_spark_metadata",
  "_symlink_format_manifest",
  // Jobs of Hadoop, Spark and Databricks.
  "_temporary",
  "_SUCCESS",
  "_metadata",
  "_common_metadata",
  "_logs",
  "_distcp_logs",
  // Archives and file systems.
  "__MACOSX",
  "__pycache__",
  "lost+found",
  "@eaDir",
  "#recycle",
  "#snapshot",
  "$RECYCLE.BIN",
  "System Volume Information",
]);

/** What they begin with, so that most names are known by one character. */
const MARKER_STARTS = new Set(
  Array.from(MARKERS, (name) => name.charCodeAt(0)),
);
const DOT = ".".charCodeAt(0);

/** Databricks' transactions: `_committed_8342...`, `_started_8342...`. */
const TRANSACTION_REGEXP = /^_(committed|started)_\d+$/;

/**
 * Whether a file or folder is passed over in a dataset folder.
 *
 * @param name Without its folder.
 */
export function isHiddenName(name: string): boolean {
  const start = name.charCodeAt(0);
  if (start === DOT) return true;
  if (!MARKER_STARTS.has(start)) return false;
  return MARKERS.has(name) || TRANSACTION_REGEXP.test(name);
}
