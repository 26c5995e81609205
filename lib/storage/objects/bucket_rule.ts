/**
 * Which names of buckets servers take in a path: what S3 took before 2018, and
 * Ceph's `tenant:bucket`.
 *
 * Spec: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * and https://docs.ceph.com/en/latest/radosgw/multitenancy/
 */

/**
 * The rule that a bucket's name breaks.
 *
 * @returns Null if it breaks none.
 */
export function bucketRule(name: string): string | null {
  if (name === "") return "it must be the name of a bucket";
  if (/^[A-Za-z0-9][A-Za-z0-9._:-]{0,254}$/.test(name)) return null;
  return "the name of a bucket is 1 to 255 of the characters " +
    "A-Z a-z 0-9 . _ : - and begins with a letter or digit";
}
