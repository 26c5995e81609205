/**
 * Which names a bucket may have.
 *
 *    in front of the host   3 to 63 of a-z 0-9 - . , as a DNS name has
 *    in the path            whatever servers take there: also A-Z _ :, up to
 *                           255 (Ceph's `tenant:bucket`, buckets of S3 from
 *                           before 2018)
 *
 * Spec: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * and https://docs.ceph.com/en/latest/radosgw/multitenancy/
 */

const HOST_NAME_REGEXP = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PATH_NAME_REGEXP = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/;
/** What the library minio takes at all. */
const MINIO_NAME_REGEXP = /^[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9]$/;

/** How a bucket is asked for. */
export interface BucketUse {
  /** True: the bucket is in the path; false: in front of the host. */
  readonly pathStyle: boolean;
  /** Name of the client library. */
  readonly library: string;
}

/**
 * The rule that a bucket's name breaks.
 *
 * @returns Null if it breaks none.
 */
export function bucketProblem(
  name: string,
  { pathStyle, library }: BucketUse,
): string | null {
  if (!PATH_NAME_REGEXP.test(name)) {
    return "the name of a bucket is 1 to 255 of the characters " +
      "A-Z a-z 0-9 . _ : - and begins with a letter or digit";
  }
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
