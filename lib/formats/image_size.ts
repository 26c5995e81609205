/**
 * Width and height of an image file, and the rules that all image formats
 * have in common.
 */
import type { FileSpec, Format } from "./format.ts";
import { sampleElementCount } from "./format.ts";
import { arrayProblems } from "./array_problems.ts";

/** Size of an image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Limits of one image format. */
export interface ImageLimits extends Pick<Format, "name" | "codecs"> {
  /** Largest width or height in pixels. */
  readonly maxSide: number;
  /** Length of the shortest file that holds an image of a size. */
  leastBytes(size: ImageSize): number;
}

/**
 * Size of the image of a sample: [height, width], as Pillow takes an array;
 * a single dimension is the height of one column, as there.
 */
export function imageSize(spec: FileSpec): ImageSize {
  return { height: spec.sampleDims[0]!, width: spec.sampleDims[1] ?? 1 };
}

/** Length of an image file: one byte per pixel, exactly. */
export function imageFileBytes(spec: FileSpec): number {
  return sampleElementCount(spec);
}

/**
 * Says what keeps an image format from making such a file.
 *
 * @returns One sentence per problem.
 */
export function imageProblems(spec: FileSpec, limits: ImageLimits): string[] {
  const problems = arrayProblems(limits, spec);
  const { name, maxSide } = limits;
  const { elementType, samplesPerFile } = spec.dataset;
  if (elementType !== "uint8") {
    problems.push(
      `Cannot use dataset.record_element_type = ${elementType} with ` +
        `dataset.format = ${name}: pixels are uint8`,
    );
  }
  if (samplesPerFile > 1) {
    problems.push(
      `Cannot use dataset.num_samples_per_file = ${samplesPerFile} with ` +
        `dataset.format = ${name}: a file holds one image`,
    );
  }
  const dims = spec.sampleDims.join(", ");
  if (spec.sampleDims.length > 2) {
    problems.push(
      `Cannot use sample dimensions [${dims}] with dataset.format = ${name}: ` +
        "an image has at most 2 dimensions",
    );
  }
  if (problems.length > 0) return problems;

  const size = imageSize(spec);
  const fileBytes = imageFileBytes(spec);
  if (Math.max(size.width, size.height) > maxSide) {
    problems.push(
      `Cannot use sample dimensions [${dims}] with dataset.format = ${name}: ` +
        `each must be <= ${maxSide}`,
    );
  } else if (fileBytes < limits.leastBytes(size)) {
    problems.push(
      `Cannot make a ${name} file of ${fileBytes} bytes for sample ` +
        `dimensions [${dims}]: it must be >= ${limits.leastBytes(size)} bytes`,
    );
  }
  return problems;
}
