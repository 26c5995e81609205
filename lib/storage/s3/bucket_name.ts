/**
 * Which names a bucket of S3 may have, beside what `objects/bucket_rule.ts`
 * says of all: in front of a host it is a part of a DNS name, and the library
 * minio has a rule of its own.
 *
 * Spec: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import { bucketRule } from "../objects/bucket_rule.ts";

const HOST_NAME_REGEXP = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MINIO_NAME_REGEXP = /^[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9]$/;

/** How a bucket is asked for. */
export interface BucketUse {
  /** True: the bucket is in the path; false: in front of the host. */
  readonly pathStyle: boolean;
  /** Name of the client library. */
  readonly library: string;
}

/**
 * The rule that a bucket's name breaks because of how it is asked for.
 *
 * @returns Null if it breaks none, or one that holds for all.
 */
export function bucketRuleOf(
  name: string,
  { pathStyle, library }: BucketUse,
): string | null {
  if (bucketRule(name) !== null) return null;
  if (!pathStyle && !HOST_NAME_REGEXP.test(name)) {
    return "the name of a bucket in front of the host is 3 to 63 of the " +
      "characters a-z 0-9 . - and begins and ends with a letter or digit; " +
      "storage.storage_options.s3_force_path_style = true takes other names " +
      "where the server does";
  }
  const isMinio = library === "minio";
  if (isMinio && (!MINIO_NAME_REGEXP.test(name) || name.includes(".."))) {
    return "the library minio takes only names of 3 to 63 of the characters " +
      "A-Z a-z 0-9 . - that begin and end with a letter or digit; " +
      "storage_library = fetch takes others";
  }
  return null;
}
