/**
 * The schema as a flat table: one row per setting, by its dotted key.
 */
import { z } from "zod";
import { workloadSchema } from "./schema.ts";

/** One setting. */
export interface SettingRow {
  /** Dotted key, such as "reader.read_threads". */
  readonly key: string;
  readonly schema: z.ZodType;
  /** False where the default depends on the host or on other settings. */
  readonly hasDefault: boolean;
  /** Undefined without {@linkcode hasDefault}. */
  readonly fallback: unknown;
  readonly help: string;
}

/** All settings by key, in the order in which they are shown. */
export const SETTING_ROWS: ReadonlyMap<string, SettingRow> = new Map(
  rowsOf(workloadSchema, "").map((row) => [row.key, row]),
);

/** Dotted keys of all sections, such as "model" and "model.parallelism". */
export const SECTIONS: ReadonlySet<string> = new Set(
  [...SETTING_ROWS.keys()].flatMap(ancestors),
);

/** The row that a path belongs to: its own or that of a map above it. */
export function rowOfPath(path: string): SettingRow | undefined {
  for (const each of [path, ...ancestors(path).reverse()]) {
    const row = SETTING_ROWS.get(each);
    if (row !== undefined) return row;
  }
  return undefined;
}

function rowsOf(schema: z.ZodObject, prefix: string): SettingRow[] {
  return Object.entries(schema.shape).flatMap(([name, each]) => {
    const key = `${prefix}${name}`;
    if (each instanceof z.ZodObject) return rowsOf(each, `${key}.`);
    return [rowOf(key, each as z.ZodType)];
  });
}

/** The row of one setting. */
export function rowOf(key: string, schema: z.ZodType): SettingRow {
  const inner = schema instanceof z.ZodDefault ? schema.def.innerType : schema;
  const description = schema.meta()?.description ??
    (inner as z.ZodType).meta()?.description;
  return {
    key,
    schema,
    hasDefault: schema instanceof z.ZodDefault,
    fallback: schema instanceof z.ZodDefault
      ? schema.def.defaultValue
      : undefined,
    help: description ?? "",
  };
}

/** "a.b.c" → ["a", "a.b"]. */
function ancestors(path: string): string[] {
  const keys = path.split(".");
  return keys.slice(1).map((_, index) => keys.slice(0, index + 1).join("."));
}
