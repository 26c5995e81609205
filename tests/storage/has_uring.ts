/** Where tests of io_uring can run: containers often forbid it. */
import { probeUring } from "../../lib/host/uring_support.ts";

/** Whether this host lets a process use io_uring. */
export const HAS_URING = probeUring().value !== null;
