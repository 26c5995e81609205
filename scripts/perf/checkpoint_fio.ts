/**
 * What fio gets where checkpoints are saved and loaded past the page cache:
 * as many jobs as ranks, each with a file of its own and 8 requests of 4 MiB
 * in flight. fio reserves room before its clock starts, as it does where
 * nothing else is asked.
 */
import { runFio } from "./fio.ts";

const BUFFER_BYTES = 4 * 2 ** 20;

const WAY = [
  "--direct=1",
  "--ioengine=io_uring",
  "--iodepth=8",
  `--bs=${BUFFER_BYTES}`,
];

/**
 * Writes new files, and removes them.
 *
 * @param folder Where.
 * @param files How many at a time, and their length.
 * @returns Seconds of the slowest.
 */
export async function fioWriteSeconds(
  folder: string,
  { count, bytes }: { readonly count: number; readonly bytes: number },
): Promise<number> {
  const jobs = await runFio([
    "--name=ck",
    `--directory=${folder}`,
    "--rw=write",
    `--size=${bytes}`,
    `--numjobs=${count}`,
    ...WAY,
  ]);
  for (let job = 0; job < count; job++) {
    await Deno.remove(`${folder}/ck.${job}.0`);
  }
  return Math.max(...jobs.map(({ write }) => write.runtime)) / 1000;
}

/**
 * Reads files.
 *
 * @param paths Each is read by a job of its own, all at a time.
 * @returns Seconds of the slowest.
 */
export async function fioReadSeconds(
  paths: readonly string[],
): Promise<number> {
  const jobs = await runFio(
    paths.flatMap((path, job) => [
      `--name=ck${job}`,
      `--filename=${path}`,
      "--rw=read",
      ...WAY,
    ]),
  );
  return Math.max(...jobs.map(({ read }) => read.runtime)) / 1000;
}
