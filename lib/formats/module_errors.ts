/**
 * Errors of a format module: reported with the module's function and line, as
 * errors of the user's code, not as defects of Stoker. A module cannot import
 * Stoker's error classes, so it may throw anything.
 */
import type { Awaitable } from "../bytes/awaitable.ts";
import type { ByteSource } from "../bytes/byte_source.ts";
import { FormatError, StokerError } from "../errors.ts";
import type { SampleCounting } from "./counting/sample_counting.ts";
import type { CompanionFile, Format } from "./format.ts";

/** A `file:` URL with line and column, in a line of a stack. */
const PLACE_REGEXP = /(file:\S+:\d+:\d+)/;

/**
 * A module's format, whose functions throw {@linkcode StokerError} only.
 *
 * What `open` throws is about the file, so it becomes a
 * {@linkcode FormatError}.
 *
 * @param format What the module exports; it is not changed.
 * @param url The module.
 */
export function withModuleErrors(format: Format, url: string): Format {
  const {
    counting,
    extension,
    folders,
    companions,
    prepare,
    open,
    ranges,
    decode,
  } = format;
  const told = <Args extends unknown[], Result>(
    name: string,
    call: (...args: Args) => Result,
  ) => catching(call.bind(format), (error) => failure(error, { name, url }));
  // What is not replaced here is found through the prototype.
  return Object.assign(Object.create(format) as Format, {
    problems: told("problems", format.problems),
    fileBytes: told("fileBytes", format.fileBytes),
    encode: toldEncode(format, "encode", url),
    ...(extension && { extension: told("extension", extension) }),
    ...(folders && { folders: told("folders", folders) }),
    ...(prepare && { prepare: told("prepare", prepare) }),
    ...(ranges && { ranges: toldRanges(format, url) }),
    ...(decode && { decode: told("decode", decode) }),
    ...(open && { open: toldOpen(format) }),
    ...(counting && { counting: toldCounting(counting) }),
    ...(companions && {
      companions: companions.map((companion) => ({
        path: (filePath: string) => companion.path(filePath),
        encode: toldEncode(companion, "companions.encode", url),
      })),
    }),
  });
}

function toldEncode(
  encoder: Pick<CompanionFile, "encode">,
  name: string,
  url: string,
): Format["encode"] {
  return function* (spec, tools) {
    try {
      yield* encoder.encode(spec, tools);
    } catch (error) {
      throw failure(error, { name, url });
    }
  };
}

/** Planning a sample allocates nothing: no list of arguments either. */
function toldRanges(format: Format, url: string): Format["ranges"] {
  return (index, first, count, continues, ranges) => {
    try {
      format.ranges?.(index, first, count, continues, ranges);
    } catch (error) {
      throw failure(error, { name: "ranges", url });
    }
  };
}

function toldOpen(format: Format): Format["open"] {
  return (source, spec) =>
    catching(
      () => format.open?.(source, spec) ?? {},
      (error) => fileFailure(error, source),
    )();
}

function toldCounting(counting: SampleCounting): SampleCounting {
  const { indexFiles } = counting;
  return {
    ...counting,
    count: (source, hint) =>
      catching(
        () => counting.count(source, hint),
        (error) => fileFailure(error, source),
      )(),
    ...(indexFiles && {
      indexFiles: indexFiles.map((each) => ({
        path: (filePath) => each.path(filePath),
        count: (index, fileBytes) =>
          catching(
            () => each.count(index, fileBytes),
            (error) => fileFailure(error, index),
          )(),
      })),
    }),
  };
}

/** What a module throws while it reads a file is about the file. */
function fileFailure(error: unknown, { path }: ByteSource): Error {
  return error instanceof StokerError
    ? error
    : new FormatError(path, 0, messageOf(error));
}

/** The function, with what it throws or rejects with explained. */
function catching<Args extends unknown[], Result>(
  call: (...args: Args) => Result,
  explain: (error: unknown) => Error,
): (...args: Args) => Result {
  const rethrow = (error: unknown): never => {
    throw explain(error);
  };
  return (...args) => {
    try {
      const result: Awaitable<unknown> = call(...args);
      if (!(result instanceof Promise)) return result as Result;
      return result.catch(rethrow) as Result;
    } catch (error) {
      return rethrow(error);
    }
  };
}

function failure(
  error: unknown,
  { name, url }: { readonly name: string; readonly url: string },
): Error {
  if (error instanceof StokerError) return error;
  const stack = error instanceof Error ? error.stack ?? "" : "";
  const lines = stack.split("\n").slice(1);
  const line = lines.find((line) => line.includes(url));
  const place = PLACE_REGEXP.exec(line ?? "")?.[1] ?? url;
  return new StokerError(
    `format.${name}() of dataset.format_module failed: ` +
      `${messageOf(error)} (${place})`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
