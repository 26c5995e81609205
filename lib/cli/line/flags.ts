/**
 * Every flag of the command line, one row each. Parsing (`parse_flags.ts`),
 * types and help come from the row; commands list the names that they take.
 */

/**
 * What a flag takes: nothing, a whole number from 1, a text, a text that may
 * be left out (then `--flag=TEXT` is how it is given), or an address that may
 * be left out (`--flag ADDRESS` as well).
 */
type FlagKind = "switch" | "count" | "text" | "optional" | "address";

/** One flag. */
export interface FlagRow {
  readonly kind: FlagKind;
  /** A single letter for `-x`; "" if there is none. */
  readonly short: string;
  /** What stands for the value in help: "N", "DIR"; "" for a switch. */
  readonly value: string;
  readonly summary: string;
}

/** All flags by name. */
export const FLAGS = {
  "accelerators": {
    kind: "count",
    short: "n",
    value: "N",
    summary: "simulated accelerators, all hosts together",
  },
  "accelerators-per-thread": {
    kind: "count",
    short: "",
    value: "K",
    summary: "accelerators that share a thread " +
      "(reader.accelerators_per_thread)",
  },
  "accelerators-per-host": {
    kind: "text",
    short: "",
    value: "N,…",
    summary: "accelerators of each host in turn, or one number for each",
  },
  "mpi": {
    kind: "text",
    short: "",
    value: "LIB",
    summary: "library that joins the processes of a launcher: auto " +
      "(default), openmpi, mpich, a path; off: this process is alone",
  },
  "peer-timeout": {
    kind: "text",
    short: "",
    value: "D",
    summary: "a process that is silent for so long is lost (default 1m)",
  },
  "data": {
    kind: "text",
    short: "",
    value: "DIR",
    summary: "the dataset folder itself (dataset.data_folder), or " +
      "s3://bucket/prefix, ais://bucket/prefix",
  },
  "checkpoints": {
    kind: "text",
    short: "",
    value: "DIR",
    summary: "the checkpoint folder (checkpoint.checkpoint_folder)",
  },
  "verify": {
    kind: "switch",
    short: "",
    value: "",
    summary: "compare every byte of a checkpoint that is loaded " +
      "(checkpoint.verify)",
  },
  "odirect": {
    kind: "switch",
    short: "",
    value: "",
    summary: "read and write files with O_DIRECT (reader.odirect)",
  },
  "drop-caches": {
    kind: "text",
    short: "",
    value: "WHEN",
    summary: "drop the page cache: before-epoch, before-phase or never " +
      "(storage.drop_caches)",
  },
  "insecure": {
    kind: "switch",
    short: "",
    value: "",
    summary: "accept any certificate (storage.storage_options.insecure)",
  },
  "max-cache-hit": {
    kind: "text",
    short: "",
    value: "P%",
    summary: "fail if more than P% of the bytes read came from memory",
  },
  "results": {
    kind: "text",
    short: "",
    value: "DIR",
    summary: "results folder (default results/<model>/<UTC time>)",
  },
  "rules": {
    kind: "text",
    short: "",
    value: "EDITION",
    summary: "edition of the benchmark's rules, such as 3.0 (default: newest)",
  },
  "html": {
    kind: "text",
    short: "",
    value: "FILE",
    summary: "the result as one page of HTML too",
  },
  "results-layout": {
    kind: "text",
    short: "",
    value: "L",
    summary: "stoker (default), or mlperf: --results is the root of a tree " +
      "that MLPerf Storage's tools read",
  },
  "organization": {
    kind: "text",
    short: "",
    value: "NAME",
    summary: "whose tree it is, with --results-layout mlperf",
  },
  "system": {
    kind: "text",
    short: "",
    value: "NAME",
    summary: "the system under test, with --results-layout mlperf",
  },
  "division": {
    kind: "text",
    short: "",
    value: "D",
    summary: "closed (default) or open, with --results-layout mlperf",
  },
  "trace": {
    kind: "optional",
    short: "",
    value: "FILE",
    summary: "record what every thread does for Perfetto and DFTracer, in " +
      "trace.pfw.gz of the results or in FILE",
  },
  "trace-limit": {
    kind: "count",
    short: "",
    value: "N",
    summary: "events after which the trace ends (default 10000000)",
  },
  "json": {
    kind: "switch",
    short: "",
    value: "",
    summary: "the result as JSON on stdout, nothing else there",
  },
  "yaml": {
    kind: "switch",
    short: "",
    value: "",
    summary: "draft the description of this system for MLPerf Storage",
  },
  "quiet": {
    kind: "switch",
    short: "q",
    value: "",
    summary: "print only warnings and errors",
  },
  "verbose": {
    kind: "switch",
    short: "v",
    value: "",
    summary: "print also the settings that differ from their defaults",
  },
  "live": {
    kind: "address",
    short: "",
    value: "[PORT]",
    summary: "serve a page of the run while it goes on (127.0.0.1, any free " +
      "port; 0.0.0.0:9000 for others too)",
  },
  "no-progress": {
    kind: "switch",
    short: "",
    value: "",
    summary: "print no progress lines",
  },
  "dry-run": {
    kind: "switch",
    short: "",
    value: "",
    summary: "print the plan and touch nothing",
  },
  "share": {
    kind: "text",
    short: "",
    value: "I/N",
    summary: "run the accelerators of process I of N alone, waiting for " +
      "nobody; stoker merge makes one result of all N",
  },
  "start-at": {
    kind: "text",
    short: "",
    value: "TIME",
    summary: "begin the first phase at this time of day (14:30:00) or date " +
      "and time (2026-11-30T14:30:00Z)",
  },
  "time-limit": {
    kind: "text",
    short: "",
    value: "D",
    summary: "stop after this long (90s, 5m), partial results saved",
  },
  "stall-timeout": {
    kind: "text",
    short: "",
    value: "D",
    summary: "give up when one operation takes this long (default 5m)",
  },
  "require-au": {
    kind: "switch",
    short: "",
    value: "",
    summary: "exit with 3 when the AU goal (metric.au) is missed",
  },
  "over": {
    kind: "text",
    short: "",
    value: "WHAT",
    summary: "what is searched: accelerators (default), or read_threads or " +
      "io_depth for -n accelerators",
  },
  "max": {
    kind: "count",
    short: "",
    value: "N",
    summary: "the largest number that is tried",
  },
  "probe-time": {
    kind: "text",
    short: "",
    value: "D",
    summary: "what the steps that count take at least (default 10s)",
  },
  "repeats": {
    kind: "count",
    short: "",
    value: "N",
    summary: "most runs of each number (default 5)",
  },
  "from-cache": {
    kind: "switch",
    short: "",
    value: "",
    summary: "data may come from this host's memory",
  },
  "label": {
    kind: "text",
    short: "",
    value: "TEXT",
    summary: "a remark that is saved with the results",
  },
  "allow-unknown": {
    kind: "switch",
    short: "",
    value: "",
    summary: "unknown settings are warnings instead of errors",
  },
  "allow-different": {
    kind: "switch",
    short: "",
    value: "",
    summary: "compare also what is not comparable, and say why it is not",
  },
  "config-dir": {
    kind: "text",
    short: "",
    value: "DIR",
    summary: "folder with more workloads (DLIO's workload/NAME.yaml too)",
  },
  "force": {
    kind: "switch",
    short: "",
    value: "",
    summary: "generate every file again, also those that are complete",
  },
  "keep": {
    kind: "count",
    short: "",
    value: "N",
    summary: "the newest N of the runs that would go stay",
  },
  "older-than": {
    kind: "text",
    short: "",
    value: "D",
    summary: "only runs that began longer ago than this (12h, 30d)",
  },
  "failed": {
    kind: "switch",
    short: "",
    value: "",
    summary: "only runs that failed or were interrupted",
  },
  "yes": {
    kind: "switch",
    short: "y",
    value: "",
    summary: "remove without asking",
  },
  "sample": {
    kind: "count",
    short: "",
    value: "N",
    summary: "look at only N files, spread evenly",
  },
  "output": {
    kind: "text",
    short: "o",
    value: "PATH",
    summary: "what is made is written here: a new file, of merge a new folder",
  },
  "hosts": {
    kind: "text",
    short: "",
    value: "HOSTS",
    summary: "how many hosts, or with --print-launch which: node[01-16],gpu1",
  },
  "print-launch": {
    kind: "switch",
    short: "",
    value: "",
    summary: "print the lines that start this on --hosts, and do nothing",
  },
  "per-host": {
    kind: "count",
    short: "",
    value: "N",
    summary: "processes of each host, for --print-launch (default 1)",
  },
  "host-memory": {
    kind: "text",
    short: "",
    value: "SIZE",
    summary: "memory of each host, such as 256GiB (default: this host's)",
  },
  "origins": {
    kind: "switch",
    short: "",
    value: "",
    summary: "show where each value came from",
  },
  "schema": {
    kind: "switch",
    short: "",
    value: "",
    summary: "print the JSON Schema of workload files",
  },
  "man": {
    kind: "switch",
    short: "",
    value: "",
    summary: "the manual page, for man(1)",
  },
  "version": {
    kind: "switch",
    short: "V",
    value: "",
    summary: "Stoker's version and that of the runtime inside",
  },
  "help": {
    kind: "switch",
    short: "h",
    value: "",
    summary: "help for the command",
  },
} as const satisfies Readonly<Record<string, FlagRow>>;

/** Name of a flag without its dashes. */
export type FlagName = keyof typeof FLAGS;

/** Flags that every command takes. */
export const UNIVERSAL_FLAGS: readonly FlagName[] = [
  "quiet",
  "verbose",
  "version",
  "help",
];

/**
 * The flags of `run`. A line of `run` with its first word changed to another
 * command that takes a workload must work, so those commands take them all.
 */
export const RUN_FLAGS = [
  "accelerators",
  "accelerators-per-thread",
  "accelerators-per-host",
  "mpi",
  "peer-timeout",
  "print-launch",
  "hosts",
  "per-host",
  "data",
  "odirect",
  "drop-caches",
  "insecure",
  "max-cache-hit",
  "checkpoints",
  "verify",
  "results",
  "results-layout",
  "organization",
  "system",
  "division",
  "rules",
  "trace",
  "trace-limit",
  "json",
  "live",
  "no-progress",
  "dry-run",
  "share",
  "start-at",
  "time-limit",
  "stall-timeout",
  "require-au",
  "label",
  "config-dir",
  "allow-unknown",
] as const satisfies readonly FlagName[];

/** The value of each flag: false or null where it was not given. */
export type FlagValues = {
  readonly [Name in FlagName]: (typeof FLAGS)[Name]["kind"] extends "switch"
    ? boolean
    : (typeof FLAGS)[Name]["kind"] extends "count" ? number | null
    : string | null;
};
