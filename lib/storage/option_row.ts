/**
 * Options of a kind of storage as rows of plain data.
 *
 * A kind states its options beside its code; `lib/config/` makes settings of
 * them, with spellings, bounds, help and JSON Schema like any other. Plain
 * data, since every thread loads the rows and none but the main thread needs
 * a schema library.
 */

interface OptionFacts {
  /** What it does and its unit. */
  readonly help: string;
  /** Variables that fill it where it is not set; the first goes first. */
  readonly environment?: readonly string[];
  /** True: its value is never shown. */
  readonly isSecret?: true;
}

interface Bounds {
  /** Both are included. */
  readonly min: number;
  readonly max: number;
}

/**
 * One option: its type, default, bounds and help. A default of null means
 * what the help says.
 */
export type OptionRow =
  & OptionFacts
  & (
    | { readonly type: "text"; readonly fallback: string | null }
    /** Several texts: a list, or one text with commas. */
    | { readonly type: "texts"; readonly fallback: readonly string[] }
    | { readonly type: "flag"; readonly fallback: boolean | null }
    | ({ readonly type: "count"; readonly fallback: number | null } & Bounds)
    /** A number of bytes, also as "16MiB". */
    | ({ readonly type: "bytes"; readonly fallback: number | null } & Bounds)
    /** A duration, also as "90s". */
    | ({ readonly type: "seconds"; readonly fallback: number } & Bounds)
    | {
      readonly type: "choice";
      readonly words: readonly [string, ...string[]];
      readonly fallback: string;
    }
    /** Accepted with a warning: its help begins with "No effect". */
    | { readonly type: "ignored"; readonly fallback: null }
  );

/** Options by name. */
export type OptionRows = Readonly<Record<string, OptionRow>>;

type NullOf<Row extends OptionRow> = null extends Row["fallback"] ? null
  : never;

type ValueOf<Row extends OptionRow> = Row extends { readonly type: "text" }
  ? string | NullOf<Row>
  : Row extends { readonly type: "texts" } ? readonly string[]
  : Row extends { readonly type: "flag" } ? boolean | NullOf<Row>
  : Row extends { readonly type: "choice" } ? Row["words"][number]
  : Row extends { readonly type: "ignored" } ? unknown
  : number | NullOf<Row>;

/** The value of each option. */
export type OptionValues<Rows extends OptionRows> = {
  readonly [Name in keyof Rows]: ValueOf<Rows[Name]>;
};

const TYPE_NAMES: Readonly<Record<OptionRow["type"], string>> = {
  text: "string",
  texts: "object",
  flag: "boolean",
  count: "number",
  bytes: "number",
  seconds: "number",
  choice: "string",
  ignored: "",
};

/**
 * The value of every option, the default where none is given.
 *
 * @param rows Options that there are.
 * @param given `StorageSettings.options`, as the configuration checked them.
 * @throws {Error} If a value was not checked: that is a defect.
 */
export function readOptions<Rows extends OptionRows>(
  rows: Rows,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Rows> {
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(rows)) {
    const value = given[name] ?? null;
    if (
      value !== null && row.type !== "ignored" &&
      typeof value !== TYPE_NAMES[row.type]
    ) {
      throw new Error(`option ${name} is no ${row.type}: it was not checked`);
    }
    values[name] = value ?? row.fallback;
  }
  return values as OptionValues<Rows>;
}
