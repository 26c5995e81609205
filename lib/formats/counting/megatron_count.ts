/**
 * Samples in Megatron data files, by the tokens that the index file beside
 * one speaks of: three reads, however many sequences there are.
 */
import { runSteps, type Steps } from "../../bytes/steps.ts";
import type { ByteSource } from "../../bytes/byte_source.ts";
import { shownName } from "../../bytes/path_rules.ts";
import { FormatError } from "../../errors.ts";
import { indexPath } from "../megatron/index_file.ts";
import {
  readHeader,
  readTokenCount,
  samplesOfTokens,
} from "../megatron/index_header.ts";
import type { CountHint, SampleCounting } from "./sample_counting.ts";

/** How the samples of a file are counted. */
export const megatronCounting: SampleCounting = {
  reads: "head",
  dependsOnSampleSize: true,
  indexFiles: [{
    path: indexPath,
    count: (index, fileBytes, hint) =>
      runSteps(countSamples(index, fileBytes, hint)),
  }],
  count({ path }) {
    throw new FormatError(
      path,
      0,
      `its index file must lie beside it: "${shownName(indexPath(path))}"`,
    );
  },
};

function* countSamples(
  index: ByteSource,
  fileBytes: number,
  { sampleElements = 1 }: Partial<CountHint> = {},
): Steps<number, number> {
  const header = yield* readHeader(index);
  const tokens = yield* readTokenCount(index, fileBytes, header);
  return samplesOfTokens(tokens, sampleElements);
}
