/**
 * CPU time of the programs that this process has run, their own included.
 *
 * Linux, 64 bit: getrusage(RUSAGE_CHILDREN) fills a struct rusage whose first
 * fields are ru_utime and ru_stime, each a struct timeval.
 *
 *    offset  bytes  field
 *         0      8  ru_utime.tv_sec
 *         8      8  ru_utime.tv_usec
 *        16      8  ru_stime.tv_sec
 *        24      8  ru_stime.tv_usec
 *        32    112  not used here
 */

const RUSAGE_CHILDREN = -1;
const RUSAGE_BYTES = 144;

const libc = Deno.dlopen("libc.so.6", {
  getrusage: { parameters: ["i32", "buffer"], result: "i32" },
});

/** User and system seconds of all programs that have ended so far. */
export function childCpuSeconds(): number {
  const usage = new BigInt64Array(RUSAGE_BYTES / 8);
  if (libc.symbols.getrusage(RUSAGE_CHILDREN, usage) !== 0) {
    throw new Error("Cannot tell the CPU time of programs: getrusage failed");
  }
  const seconds = usage[0]! + usage[2]!;
  const microseconds = usage[1]! + usage[3]!;
  return Number(seconds) + Number(microseconds) / 1e6;
}
