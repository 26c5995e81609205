/**
 * Writes and reads with io_uring without the right to lock memory, then puts a
 * filter over this process that refuses io_uring as a container's does, and
 * does it again; prints what was said. A program of its own, since neither can be
 * taken back.
 *
 * Spec: capset(2), setrlimit(2), seccomp(2), <linux/filter.h>
 */
import { probeUring } from "../../lib/host/uring_support.ts";
import {
  ioEngineWarnings,
  totalIoEngines,
} from "../../lib/metrics/io_engine.ts";
import { recordToPlain } from "../../lib/results/key_case.ts";
import {
  inTempFolder,
  runSmall,
  smallWorkload,
} from "../engine/engine_fixture.ts";

const RLIMIT_MEMLOCK = 8;
const CAP_IPC_LOCK = 14;
const CAPABILITY_VERSION_3 = 0x20080522;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP = Deno.build.arch === "aarch64" ? 277 : 317;
const SECCOMP_SET_MODE_FILTER = 1;
const SECCOMP_FILTER_FLAG_TSYNC = 1;
const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_ERRNO = 0x00050000;
const EPERM = 1;
const IO_URING_SETUP = 425;

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  capget: { parameters: ["buffer", "buffer"], result: "i32" },
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  syscall: { parameters: ["i64", "u32", "u32", "buffer"], result: "i32" },
});

function check(result: number, what: string): void {
  if (result !== 0) throw new Error(`${what} failed`);
}

/** Enough for rings, not for buffers: of this thread and those it starts. */
const LOCKED_BYTES = 2n ** 20n;

function limitLockedMemory(): void {
  const limits = new BigUint64Array([LOCKED_BYTES, LOCKED_BYTES]);
  check(libc.setrlimit(RLIMIT_MEMLOCK, limits), "setrlimit");
  const header = new Uint32Array([CAPABILITY_VERSION_3, 0]);
  const data = new Uint32Array(6);
  check(libc.capget(header, data), "capget");
  data[0]! &= ~(1 << CAP_IPC_LOCK);
  data[1]! &= ~(1 << CAP_IPC_LOCK);
  check(libc.capset(header, data), "capset");
}

/** Of all threads. */
function refuseRings(): void {
  const filter = new DataView(new ArrayBuffer(4 * 8));
  const instructions = [
    [0x20, 0, 0, 0], // load the call's number
    [0x15, 0, 1, IO_URING_SETUP], // another one: skip a line
    [0x06, 0, 0, SECCOMP_RET_ERRNO | EPERM],
    [0x06, 0, 0, SECCOMP_RET_ALLOW],
  ] as const;
  for (const [i, [code, yes, no, value]] of instructions.entries()) {
    filter.setUint16(i * 8, code, true);
    filter.setUint8(i * 8 + 2, yes);
    filter.setUint8(i * 8 + 3, no);
    filter.setUint32(i * 8 + 4, value, true);
  }
  const program = new BigUint64Array([
    BigInt(instructions.length),
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(filter)),
  ]);
  check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n), "prctl");
  check(
    libc.syscall(
      BigInt(SECCOMP),
      SECCOMP_SET_MODE_FILTER,
      SECCOMP_FILTER_FLAG_TSYNC,
      program,
    ),
    "seccomp",
  );
}

/** Writes and reads files. @returns How, and what was said. */
async function run(folder: string, engine: string) {
  const warnings: string[] = [];
  const workload = smallWorkload(folder, [
    `reader.io_engine=${engine}`,
    "reader.io_depth=64",
    "reader.odirect=true",
    "dataset.num_files_eval=0",
    "train.epochs=1",
    `checkpoint.checkpoint_folder=${folder}/ck`,
    "workflow.checkpoint=true",
    "model.model_size_bytes=100000",
  ]);
  const { phases, error } = await runSmall(workload, {
    force: true,
    onWarning: (text) => warnings.push(text),
  });
  if (error !== null) throw error;
  const { readEngine, writeEngine } = totalIoEngines(phases);
  warnings.push(...ioEngineWarnings({ readEngine, writeEngine }));
  return {
    read: readEngine === null ? null : recordToPlain(readEngine),
    write: writeEngine === null ? null : recordToPlain(writeEngine),
    warnings: warnings.join("\n"),
  };
}

await inTempFolder(async (folder) => {
  limitLockedMemory();
  const unregistered = await run(folder, "uring");
  refuseRings();
  const auto = await run(folder, "auto");
  const said = JSON.stringify({
    unregistered: unregistered.read,
    unregisteredWrites: unregistered.write,
    unregisteredWarnings: unregistered.warnings,
    reason: probeUring().reason,
    uring: await run(folder, "uring").then(() => "", String),
    auto: auto.read,
    autoWrites: auto.write,
    autoWarnings: auto.warnings,
  });
  Deno.stdout.writeSync(new TextEncoder().encode(`${said}\n`));
});
