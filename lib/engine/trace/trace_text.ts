/**
 * Records as lines of DFTracer's `.pfw` form, which is Chrome's trace event
 * format with one event per line and no commas between them:
 *
 *    [
 *    {"id":0,"name":"HH","cat":"dftracer","ph":"M",...}     the host's hash
 *    {"id":1,"name":"FH","cat":"dftracer","ph":"M",...}     a file's hash
 *    {"id":2,"name":"process_name","ph":"M",...}            "rank 0"
 *    {"id":3,"name":"thread_name","ph":"M",...}             "reader 2 of rank 0"
 *    {"id":4,"name":"read","cat":"POSIX","pid":1,"tid":3000,
 *     "ts":1234,"dur":41,"ph":"X","args":{...}}             (one line)
 *    ]
 *
 * `pid` is 1 + rank, 0 for threads of no accelerator; `tid` is 1000 for each
 * thread, and 1 more for each request that it has in flight. `ts` and `dur`
 * are whole µs since the run began: begin and end are rounded down, so what
 * lay in order stays so. `ret` are bytes, as in DFTracer's calls.
 *
 * Bytes are written by hand: this is done for every event while the run goes
 * on.
 *
 * Spec: "Trace Event Format" (Chromium); dftracer.readthedocs.io.
 */
import { MAX_LANES, TraceLanes } from "./trace_lanes.ts";
import { TRACE_KIND, TRACE_KINDS } from "./trace_kinds.ts";
import { NONE, type TracedWay, type TraceRecord } from "./trace_ring.ts";

/** Text that is compressed at once. */
const CHUNK_BYTES = 2 ** 20;
/** Longest event, names apart. */
const EVENT_BYTES = 1024;

/** Files that get a hash and a name; those beyond have their index alone. */
const MAX_NAMED_FILES = 1_000_000;

const HASH_DIGITS = 16;

const ENCODER = new TextEncoder();
const encode = (text: string) => ENCODER.encode(text);

const HEX = encode("0123456789abcdef");
const DUR = encode(`,"dur":`);
const STEP = encode(`,"step":`);
const FILE = encode(`,"file":`);
const FHASH = encode(`,"fhash":"`);
const QUOTE = encode(`"`);
const RET = encode(`,"ret":`);
const END = encode(`}}\n`);
const ID = encode(`{"id":`);

/** A thread's line in the trace. */
export interface TraceLine extends TracedWay {
  /** "reader 2 of rank 0". */
  readonly title: string;
  /** Number of the thread in the whole run. */
  readonly thread: number;
  /** Number of its crew, which says what file indices mean. */
  readonly crew: number;
  /** Whether they mean files of the rank's checkpoint. */
  readonly hasRankFiles: boolean;
}

/** A file whose name is not known yet. */
export interface UnnamedFile {
  /** What its hash is made from. */
  readonly number: number;
  readonly crew: number;
  /** {@linkcode NONE}: a file of the dataset. */
  readonly rank: number;
  readonly file: number;
  readonly isLoaded: boolean;
}

/** What is known of a line while it is written. */
interface LineState {
  readonly line: TraceLine;
  readonly lanes: TraceLanes | null;
  /** What events of a kind, rank and lane begin with. */
  readonly heads: Map<number, readonly [head: Uint8Array, args: Uint8Array]>;
}

/** Makes the text; nothing but what it gathers is kept. */
export class TraceText {
  readonly #hostHash: string;
  readonly #bytes = new Uint8Array(CHUNK_BYTES + 2 * EVENT_BYTES);
  #length = 0;
  #overflow: Uint8Array[] = [];
  #nextId = 0;
  readonly #lines = new Map<number, LineState>();
  readonly #processes = new Set<number>();
  /** By crew, then by rank and whether it is loaded, then by file. */
  readonly #fileNumbers = new Map<number, Map<number, Map<number, number>>>();
  #fileCount = 0;
  #unnamed: UnnamedFile[] = [];

  constructor(hostname: string) {
    this.#hostHash = hashOf(hostname);
    this.#add(encode("[\n"));
    this.#meta("HH", 0, 0, { name: hostname, value: this.#hostHash });
  }

  /** Whether there is enough to be compressed. */
  get isFull(): boolean {
    return this.#length >= CHUNK_BYTES;
  }

  /** Whether there is anything. */
  get isEmpty(): boolean {
    return this.#length === 0 && this.#overflow.length === 0;
  }

  /** The text since the last call; valid until the next event. */
  take(): Uint8Array[] {
    const pieces = [...this.#overflow, this.#bytes.subarray(0, this.#length)];
    this.#overflow = [];
    this.#length = 0;
    return pieces;
  }

  /** Files that have had events since the last call, and have no name. */
  takeUnnamed(): readonly UnnamedFile[] {
    const unnamed = this.#unnamed;
    this.#unnamed = [];
    return unnamed;
  }

  /** Adds one event; look at {@linkcode isFull} afterwards. */
  event(line: TraceLine, record: TraceRecord): void {
    const state = this.#stateOf(line);
    // Clocks of two threads differ by some µs; nothing is before the run.
    const startUs = Math.max(0, Math.floor(record.startMs * 1000));
    const endUs = Math.max(startUs, Math.floor(record.endMs * 1000));
    const lane = state.lanes?.place(startUs, endUs) ?? 0;
    const [head, args] = this.#headOf(state, record, lane);
    this.#makeRoom();
    const number = this.#fileNumber(line, record);
    this.#add(ID);
    this.#number(this.#nextId++);
    this.#add(head);
    this.#number(startUs);
    this.#add(DUR);
    this.#number(endUs - startUs);
    this.#add(args);
    this.#number(record.epoch);
    if (record.step !== NONE) {
      this.#add(STEP);
      this.#number(record.step);
    }
    if (record.file !== NONE) {
      this.#add(FILE);
      this.#number(record.file);
      if (number !== NONE) {
        this.#add(FHASH);
        this.#hash(number);
        this.#add(QUOTE);
      }
    }
    if (TRACE_KINDS[record.kind]?.hasBytes === true) {
      this.#add(RET);
      this.#number(record.byteCount);
    }
    this.#add(END);
  }

  /** Names a file that had events. */
  name(number: number, path: string): void {
    this.#meta("FH", 0, 0, { name: path, value: fileHash(number) });
  }

  /** The last line. */
  end(): void {
    this.#add(encode("]\n"));
  }

  #stateOf(line: TraceLine): LineState {
    const known = this.#lines.get(line.thread);
    if (known !== undefined) return known;
    const lanes = line.overlaps ? new TraceLanes() : null;
    const state = { line, lanes, heads: new Map() };
    this.#lines.set(line.thread, state);
    return state;
  }

  #headOf(
    state: LineState,
    { kind, rank }: TraceRecord,
    lane: number,
  ): readonly [Uint8Array, Uint8Array] {
    const key = (rank + 1) * MAX_LANES * TRACE_KINDS.length +
      lane * TRACE_KINDS.length + kind;
    const known = state.heads.get(key);
    if (known !== undefined) return known;
    const { line } = state;
    const pid = rank + 1;
    const tid = MAX_LANES * (line.thread + 1) + lane;
    this.#introduce(line, { pid, tid, lane });
    const { name = "", category = null } = TRACE_KINDS[kind] ?? {};
    const cat = category ?? (line.hasRequests ? "OBJECT" : "POSIX");
    const head = [
      encode(
        `,"name":"${name}","cat":"${cat}","pid":${pid},"tid":${tid},"ts":`,
      ),
      encode(`,"ph":"X","args":{"hhash":"${this.#hostHash}","epoch":`),
    ] as const;
    state.heads.set(key, head);
    return head;
  }

  /** Names of a process and a thread, before their first event. */
  #introduce(
    line: TraceLine,
    { pid, tid, lane }: { pid: number; tid: number; lane: number },
  ): void {
    if (!this.#processes.has(pid)) {
      this.#processes.add(pid);
      const name = pid === 0 ? "threads of no rank" : `rank ${pid - 1}`;
      this.#meta("process_name", pid, tid, { name });
    }
    const thread = pid * 2 ** 32 + tid;
    if (this.#processes.has(thread)) return;
    this.#processes.add(thread);
    const name = lane === 0 ? line.title : `${line.title}, in flight ${lane}`;
    this.#meta("thread_name", pid, tid, { name });
  }

  /** What the file's hash is made from; NONE: it has none. */
  #fileNumber(line: TraceLine, { file, rank, kind }: TraceRecord): number {
    if (file === NONE) return NONE;
    const isLoaded = line.hasRankFiles && kind !== TRACE_KIND.write &&
      kind !== TRACE_KIND.fsync;
    const owner = line.hasRankFiles ? rank : NONE;
    const group = 2 * (owner + 1) + (isLoaded ? 1 : 0);
    const groups = mapAt(this.#fileNumbers, line.crew);
    const numbers = mapAt(groups, group);
    const known = numbers.get(file);
    if (known !== undefined) return known;
    if (this.#fileCount === MAX_NAMED_FILES) return NONE;
    const number = this.#fileCount++;
    numbers.set(file, number);
    const { crew } = line;
    this.#unnamed.push({ number, crew, rank: owner, file, isLoaded });
    return number;
  }

  #meta(
    name: string,
    pid: number,
    tid: number,
    args: Readonly<Record<string, string>>,
  ): void {
    const isHash = name === "HH" || name === "FH";
    this.#add(encode(
      JSON.stringify({
        id: this.#nextId++,
        name,
        ...(isHash ? { cat: "dftracer" } : {}),
        pid,
        tid,
        ph: "M",
        args: isHash ? { hhash: this.#hostHash, ...args } : args,
      }) + "\n",
    ));
  }

  /** For the longest event; names may have filled the buffer. */
  #makeRoom(): void {
    if (this.#length + EVENT_BYTES <= this.#bytes.length) return;
    this.#overflow.push(this.#bytes.slice(0, this.#length));
    this.#length = 0;
  }

  #add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      this.#overflow.push(this.#bytes.slice(0, this.#length), bytes);
      this.#length = 0;
      return;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Digits of a whole number, 0 or more. */
  #number(value: number): void {
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    let place = this.#length + digits;
    this.#length = place;
    for (let rest = value; digits > 0; digits--) {
      const next = Math.floor(rest / 10);
      this.#bytes[--place] = 48 + rest - 10 * next;
      rest = next;
    }
  }

  /** As {@linkcode fileHash}. */
  #hash(number: number): void {
    let place = this.#length + HASH_DIGITS;
    this.#length = place;
    let rest = number + 1;
    for (let digit = 0; digit < HASH_DIGITS; digit++) {
      this.#bytes[--place] = HEX[rest % 16] ?? 0;
      rest = Math.floor(rest / 16);
    }
  }
}

/** The map of a key, made if it is not there. */
function mapAt<Value>(
  maps: Map<number, Map<number, Value>>,
  key: number,
): Map<number, Value> {
  const known = maps.get(key) ?? new Map<number, Value>();
  maps.set(key, known);
  return known;
}

/** 16 hexadecimal digits that no other file of the trace has. */
function fileHash(number: number): string {
  return (number + 1).toString(16).padStart(HASH_DIGITS, "0");
}

/** FNV-1a of a name, twice: 16 hexadecimal digits. */
function hashOf(name: string): string {
  return [0x811c9dc5, 0x01000193].map((seed) => {
    let hash = seed;
    for (const byte of encode(name)) {
      hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
    return hash.toString(16).padStart(8, "0");
  }).join("");
}
