/**
 * What is inside of a Megatron data file, by its index file: sequences,
 * documents, tokens and their type.
 */
import type { ByteSource } from "../../bytes/byte_source.ts";
import { runSteps, type Steps } from "../../bytes/steps.ts";
import { readHeader, readTokenCount } from "../megatron/index_header.ts";
import type { FileInside } from "./file_inside.ts";

/**
 * Reads the index file.
 *
 * @param source The data file.
 * @param index The index file.
 * @throws {FormatError} If it is none.
 */
export async function megatronInside(
  source: ByteSource,
  index: ByteSource,
): Promise<FileInside> {
  return await runSteps(insideSteps(source, index));
}

function* insideSteps(
  { byteLength }: ByteSource,
  index: ByteSource,
): Steps<number, FileInside> {
  const header = yield* readHeader(index);
  const tokens = yield* readTokenCount(index, byteLength, header);
  const { elementType, tokenBytes, sequenceCount, documentCount } = header;
  return {
    compression: [],
    groups: { name: "sequences", count: sequenceCount, samples: null },
    facts: { documents: documentCount, tokens, dtype: elementType },
    parts: [{
      name: "tokens",
      type: elementType,
      shape: [tokens],
      storedBytes: tokens * tokenBytes,
    }],
    settings: { record_element_type: elementType },
  };
}
