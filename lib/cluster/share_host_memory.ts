/**
 * Finds out whether all processes of a run are on one host, by trying: process
 * 0 makes a file in memory, and each of the others maps it if it finds it
 * there. It has no name any more once all have looked.
 *
 *    process 0   makes /dev/shm/stoker-... -> tells its name and token
 *    others      open and map it, compare the token -> say whether they could
 *    process 0   removes the name
 *
 * Who is in another container or on another host finds no such file. Then all
 * meet through MPI.
 */
import { randomBytes } from "node:crypto";
import {
  cPath,
  ffiInt64,
  type Libc,
  O_CLOEXEC,
  openLibc,
} from "../libc/libc.ts";
import { MappedMemory } from "../libc/mapped_memory.ts";
import type { HostPlace } from "./barrier_place.ts";
import { HOST_MEMORY_BYTES, TOKEN_BYTES } from "./host_memory.ts";
import type { ProcessLink } from "./link.ts";

/** Files there are in memory, and of this host. */
const FOLDER = "/dev/shm";

const O_RDWR = 0o2;
const O_CREAT_EXCL = 0o100 | 0o200;
/** Nobody else's to see. */
const MODE = 0o600;

/** What process 0 tells if it could make no file. */
const NONE = new Uint8Array();

/**
 * Maps memory that all processes of a run have in common. Collective.
 *
 * @param link The processes.
 * @param folder Where files are in memory.
 * @returns Null, in every process, if one cannot map it.
 */
export async function shareHostMemory(
  link: Pick<ProcessLink, "cluster" | "toAll" | "fromFirst">,
  folder: string = FOLDER,
): Promise<HostPlace | null> {
  const { rank, size } = link.cluster;
  const libc = openLibc().value;
  const made = rank === 0 && libc !== null ? makeMemory(libc, folder) : null;
  let memory = made?.memory ?? null;
  let all: Uint8Array[];
  try {
    const said = await link.fromFirst(rank === 0 ? made?.said ?? NONE : null);
    if (rank > 0 && libc !== null && said.length > TOKEN_BYTES) {
      memory = findMemory(libc, said);
    }
    all = await link.toAll(new Uint8Array([memory === null ? 0 : 1]));
  } finally {
    if (made !== null) removeName(made.path);
  }
  if (memory === null) return null;
  if (all.some(([isMapped]) => isMapped !== 1)) {
    memory.free();
    return null;
  }
  const address = BigInt(memory.address);
  return { kind: "host", address, processes: size };
}

/** What process 0 has, and what it tells the others: token, path. */
interface Made {
  readonly memory: MappedMemory;
  readonly path: string;
  readonly said: Uint8Array;
}

function makeMemory(libc: Libc, folder: string): Made | null {
  const token = randomBytes(TOKEN_BYTES);
  const path = `${folder}/stoker-${token.toString("hex", 0, 8)}`;
  const memory = mapFile(libc, path, O_CREAT_EXCL);
  if (memory === null) return null;
  memory.bytes.set(token);
  const said = new Uint8Array([...token, ...new TextEncoder().encode(path)]);
  return { memory, path, said };
}

function findMemory(libc: Libc, said: Uint8Array): MappedMemory | null {
  const path = new TextDecoder().decode(said.subarray(TOKEN_BYTES));
  const memory = mapFile(libc, path, 0);
  if (memory === null) return null;
  const isMeant = memory.bytes.subarray(0, TOKEN_BYTES).every((byte, index) =>
    byte === said[index]
  );
  if (isMeant) return memory;
  memory.free();
  return null;
}

function mapFile(
  libc: Libc,
  path: string,
  flags: number,
): MappedMemory | null {
  const fd = libc.open(cPath(path), O_RDWR | O_CLOEXEC | flags, MODE);
  if (fd < 0) return null;
  try {
    const byteLength = HOST_MEMORY_BYTES;
    if (flags !== 0 && libc.ftruncate(fd, ffiInt64(byteLength)) < 0) {
      removeName(path);
      return null;
    }
    return MappedMemory.ofFile(libc, fd, { offset: 0, byteLength }).value;
  } finally {
    libc.close(fd);
  }
}

/** Whoever has mapped it keeps it. */
function removeName(path: string): void {
  const libc = openLibc().value;
  libc?.unlink(cPath(path));
}
