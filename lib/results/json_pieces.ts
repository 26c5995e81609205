/**
 * JSON text in pieces, so that a run of millions of steps is saved in
 * constant memory. Always valid JSON: what is not finite becomes null.
 *
 * Objects are indented by four blanks a level, as DLIO's files are; lists of
 * numbers stay on one line.
 */
import { MappedList } from "./mapped_list.ts";

/** Numbers of a list that one piece holds at most. */
const NUMBERS_PER_PIECE = 4096;
const INDENT = "    ";

/**
 * Writes a value as JSON.
 *
 * @param value Plain data; a `Float64Array` becomes a list of numbers, a
 * `MappedList` one of objects; a property whose value is undefined is left
 * out.
 * @param indent Blanks in front of the value's inner lines; "" at the top.
 * @yields Pieces of the text, in order.
 * @throws {TypeError} If there is something that JSON cannot hold.
 */
export function* jsonPieces(
  value: unknown,
  indent = "",
): Generator<string, void> {
  if (value instanceof Float64Array) {
    yield* numberPieces(value);
  } else if (Array.isArray(value)) {
    yield* listPieces(value, indent);
  } else if (value instanceof MappedList) {
    yield* entryPieces(value, indent);
  } else if (typeof value === "object" && value !== null) {
    yield* objectPieces(value, indent);
  } else {
    yield scalarText(value);
  }
}

/**
 * Writes a value as the text of a JSON file.
 *
 * @param value Plain data, as for {@linkcode jsonPieces}.
 * @yields Pieces of the text, in order; the last one ends with a line feed.
 * @throws {TypeError} If there is something that JSON cannot hold.
 */
export function* jsonFilePieces(value: unknown): Generator<string, void> {
  yield* jsonPieces(value);
  yield "\n";
}

/**
 * Writes a value as one line of JSON under the same rules.
 *
 * @param value Plain data.
 * @yields Pieces of the line, in order; the last one ends with a line feed.
 * @throws {TypeError} If there is something that JSON cannot hold.
 */
export function* jsonLinePieces(value: unknown): Generator<string, void> {
  for (const piece of jsonPieces(value)) {
    // Line feeds inside strings are escaped, so these are indentation.
    yield piece.replace(/\n */g, "");
  }
  yield "\n";
}

function* objectPieces(value: object, indent: string): Generator<string> {
  const inner = indent + INDENT;
  let separator = "{\n";
  for (const [key, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    yield `${separator}${inner}${JSON.stringify(key)}: `;
    yield* jsonPieces(entry, inner);
    separator = ",\n";
  }
  yield separator === "{\n" ? "{}" : `\n${indent}}`;
}

function* listPieces(
  values: readonly unknown[],
  indent: string,
): Generator<string> {
  if (values.every((value) => typeof value !== "object" || value === null)) {
    yield `[${values.map(scalarText).join(", ")}]`;
    return;
  }
  yield* entryPieces(values, indent);
}

function* entryPieces(
  entries: Iterable<unknown>,
  indent: string,
): Generator<string> {
  const inner = indent + INDENT;
  let separator = "[\n";
  for (const entry of entries) {
    yield separator + inner;
    yield* jsonPieces(entry, inner);
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]" : `\n${indent}]`;
}

function* numberPieces(values: Float64Array): Generator<string> {
  yield "[";
  for (let from = 0; from < values.length; from += NUMBERS_PER_PIECE) {
    const part = values.subarray(from, from + NUMBERS_PER_PIECE);
    const text = Array.from(part, scalarText).join(", ");
    yield from === 0 ? text : `, ${text}`;
  }
  yield "]";
}

function scalarText(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
    case "string":
      return JSON.stringify(value);
    default:
      throw new TypeError(
        `Cannot write JSON as it must be plain data: current value is a ` +
          typeof value,
      );
  }
}
