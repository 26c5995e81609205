/** What the test matrix of stops is made of. */
import type { FaultProxy, SeenRequest } from "../storage/s3/fault_proxy.ts";
import type { TestServer } from "../storage/s3/s3rver_server.ts";
import type { silence } from "../storage/silent_folder.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Where a case runs. */
export interface Place {
  readonly folder: string;
  /** Null on storage without requests. */
  readonly s3: {
    readonly server: TestServer;
    readonly proxy: FaultProxy;
    /** Requests that the proxy holds. */
    heldCount: number;
  } | null;
  /** Folders to be released at the end. */
  readonly silenced: ReturnType<typeof silence>[];
}

/** A phase in which a command is held. */
export interface Held {
  readonly title: string;
  readonly storage: "local_fs" | "direct_fs" | "null" | "s3";
  /** The command line, without what the storage needs. */
  readonly args: readonly string[];
  /** All but the ways to stop, where it takes no dataset and no results. */
  readonly line?: (place: Place) => readonly string[];
  /** Made before the command is started. */
  readonly before?: (place: Place) => Promise<void>;
  /** Requests that are not answered. */
  readonly holds?: (request: SeenRequest) => boolean;
  /** Whether the phase is reached. @param stderr What was said so far. */
  readonly reached: (place: Place, stderr: string) => boolean;
  /** Whether a phase ended before, so that there are results. */
  readonly isMeasured: boolean;
  /** Makes files or folders that do not answer, once it is reached. */
  readonly stalls?: (place: Place) => Promise<void> | void;
  /** Ways to stop that are tried; absent: those of its storage. */
  readonly stops?: readonly string[];
  /** Said on stderr, whatever ends it. */
  readonly says?: readonly string[];
  /** Results cannot be saved. */
  readonly losesResults?: true;
  /** True: it cannot be made here. */
  readonly isIgnored?: boolean;
}

/** A dataset that is made at once. */
export const SMALL = [
  "dataset.num_files_train=8",
  "dataset.num_files_eval=4",
  "dataset.record_length_bytes=4096",
  "train.epochs=1",
];
/** Checkpoints that are saved at once, and nothing else. */
export const CHECKPOINTS = [
  "workflow.generate_data=false",
  "workflow.train=false",
  "workflow.evaluation=false",
  "workflow.checkpoint=true",
  "model.model_size=1000000",
  "checkpoint.num_checkpoints_write=2",
  "checkpoint.num_checkpoints_read=2",
];
/** Whether something was said on stderr. */
export const said = (text: string) => (_place: Place, stderr: string) =>
  stderr.includes(text);

/** Stoker as a process of its own. */
export function stoker(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", MAIN, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
}
