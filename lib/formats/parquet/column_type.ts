/**
 * The `dtype`s that a column can have: how Parquet stores them.
 *
 *    dtype             stored as                     page body
 *    float32/64,       FLOAT DOUBLE INT32 INT64      PLAIN: random bytes
 *    (u)int32/64
 *    float16           FIXED_LEN_BYTE_ARRAY(2)       PLAIN: random bytes
 *    bool              BOOLEAN                       PLAIN: random bits
 *    (u)int8           INT32                         indices of a dictionary
 *                                                    of all 256 values
 *    (u)int16          INT32                         the same of 65,536, or
 *                                                    PLAIN, as is shorter
 *    binary            BYTE_ARRAY                    lengths, random bytes
 *    string            BYTE_ARRAY, UTF8              lengths, "s_" + 10 digits
 *    list              as float32
 *
 * Where the column says 16 bits, indices into a dictionary of every value
 * in order are the values themselves: random bytes need no conversion.
 *
 * Spec: https://parquet.apache.org/docs/file-format/types/ and /data-pages/encodings/
 */

/** Parquet's physical types. */
export const PHYSICAL_TYPE = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  byteArray: 6,
  fixedLengthByteArray: 7,
} as const;

/** How the values of a column come to be. */
export type ValueKind =
  /** PLAIN, `valueBytes` random bytes each. */
  | "fixed"
  /** PLAIN, one random bit each. */
  | "bit"
  /** 8 or 16 random bits each, which INT32 has to carry. */
  | "narrow"
  /** A number of random bytes that the column's size says. */
  | "binary"
  /** `s_<int31>` of 10 digits. */
  | "text";

/** One row of the table. */
export interface ColumnType {
  readonly kind: ValueKind;
  readonly physicalType: number;
  /** Random bytes behind one value; 0 for bits and binary. */
  readonly valueBytes: number;
  /** Arrow's view: a number's bits and sign, or which float; for the rest 0. */
  readonly bitWidth: number;
  readonly isSigned: boolean;
  readonly arrowType: "int" | "float" | "bool" | "binary" | "utf8";
}

const P = PHYSICAL_TYPE;

function number(
  arrowType: "int" | "float",
  bitWidth: number,
  physicalType: number,
  isSigned = true,
): ColumnType {
  const kind = arrowType === "int" && bitWidth < 32 ? "narrow" : "fixed";
  const valueBytes = bitWidth / 8;
  return { kind, physicalType, valueBytes, bitWidth, isSigned, arrowType };
}

function other(
  arrowType: "bool" | "binary" | "utf8",
  kind: ValueKind,
  physicalType: number,
  valueBytes: number,
): ColumnType {
  const notANumber = { bitWidth: 0, isSigned: false };
  return { kind, physicalType, valueBytes, arrowType, ...notANumber };
}

/** The element types of numeric columns: scalars, or lists where size > 1. */
export const NUMBER_TYPES: Readonly<Record<string, ColumnType>> = {
  uint8: number("int", 8, P.int32, false),
  uint16: number("int", 16, P.int32, false),
  uint32: number("int", 32, P.int32, false),
  uint64: number("int", 64, P.int64, false),
  int8: number("int", 8, P.int32),
  int16: number("int", 16, P.int32),
  int32: number("int", 32, P.int32),
  int64: number("int", 64, P.int64),
  float16: number("float", 16, P.fixedLengthByteArray),
  float32: number("float", 32, P.float),
  float64: number("float", 64, P.double),
};

/** The types that are one value per row, whatever the size. */
export const SCALAR_TYPES: Readonly<Record<string, ColumnType>> = {
  // 4 random bytes choose the number.
  string: other("utf8", "text", P.byteArray, 4),
  binary: other("binary", "binary", P.byteArray, 0),
  bool: other("bool", "bit", P.boolean, 0),
};

/** DLIO's name of a list of float32, even if its size is 1. */
export const LIST_DTYPE = "list";

/** All names that `dtype` can have. */
export const DTYPES: readonly string[] = [
  ...Object.keys(NUMBER_TYPES),
  LIST_DTYPE,
  ...Object.keys(SCALAR_TYPES),
];
