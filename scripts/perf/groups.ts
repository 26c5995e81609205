/**
 * The groups of measures that `deno task perf` has: one line each.
 */
import { measures as accelerators } from "./accelerators.ts";
import { measures as checkpoint } from "./checkpoint.ts";
import { measures as cluster } from "./cluster.ts";
import { measures as clusterAu } from "./cluster_au.ts";
import { measures as clusterBarrier } from "./cluster_barrier.ts";
import { measures as directFio } from "./direct_fio.ts";
import { measures as encode } from "./encode.ts";
import { measures as engine } from "./engine.ts";
import { measures as listing } from "./listing.ts";
import type { Measure } from "./measure.ts";
import { measures as metrics } from "./metrics.ts";
import { measures as parquet } from "./parquet.ts";
import { measures as process } from "./process.ts";
import { measures as random } from "./random.ts";
import { measures as read } from "./read.ts";
import { measures as readWindows } from "./read_windows.ts";
import { measures as s3 } from "./s3.ts";
import { measures as s3Memory } from "./s3_memory.ts";
import { measures as sampling } from "./sampling.ts";
import { measures as uring } from "./uring.ts";
import { measures as write } from "./write.ts";
import { measures as writeDirect } from "./write_direct.ts";

/** All rows in the order in which they are measured. */
export const MEASURES: readonly Measure[] = [
  ...random,
  ...sampling,
  ...metrics,
  ...encode,
  ...write,
  ...writeDirect,
  ...read,
  ...readWindows,
  ...directFio,
  ...uring,
  ...listing,
  ...s3,
  ...s3Memory,
  ...checkpoint,
  ...parquet,
  ...engine,
  ...accelerators,
  ...cluster,
  ...clusterBarrier,
  ...clusterAu,
  ...process,
];
