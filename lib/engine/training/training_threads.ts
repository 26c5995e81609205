/**
 * The threads of accelerators and readers of a run, and their rows: every
 * accelerator and reader has a row, and several may have one thread. Where
 * several threads fetch for a reader, each has a row of its own.
 */
import { placesOf, type RankPlace } from "../../cluster/ranks.ts";
import { STORAGE_KINDS } from "../../storage/kinds.ts";
import { readsInline, type RunPlan } from "../plan/run_plan.ts";
import type { CrewRow } from "../run/phase_runner.ts";
import type { Member } from "../threads/crew.ts";
import { startThread } from "../threads/thread_program.ts";
import { acceleratorRow, readerRow, type Region } from "../threads/region.ts";
import {
  threadOfAccelerator,
  threadOfReader,
} from "../threads/thread_share.ts";
import { readingParts } from "./connect_reader.ts";
import type {
  AcceleratorStart,
  ReaderRow,
  ReaderStart,
} from "../threads/worker_start.ts";

/** Threads to start, and the rows of their workers in the region's order. */
export interface TrainingThreads {
  readonly members: Member[];
  readonly rows: CrewRow[];
}

/** Lists the threads of accelerators, then those of readers. */
export function trainingThreads(
  plan: RunPlan,
  region: Region,
): TrainingThreads {
  const { shape } = region;
  const places = placesOf(plan.ranks);
  const readers = readerRows(places, region);
  const transfers = transferRows(readers, region);
  const threadOf = ({ place, reader }: ReaderRow) =>
    threadOfReader(shape, place.localRank, reader);
  return {
    members: [
      ...grouped(
        places,
        ({ localRank }) => threadOfAccelerator(shape, localRank),
      ).map((served) => acceleratorMember(plan, region, served)),
      ...grouped(readers, threadOf).map((served) =>
        readerMember(plan, region, served)
      ),
      ...transfers.map((row) => readerMember(plan, region, [row])),
    ],
    rows: [
      ...places.map((place): CrewRow => ({
        role: "accelerator",
        ...place,
        thread: 0,
        title: `accelerator of rank ${place.rank}`,
      })),
      ...[...readers, ...transfers].map((
        { place, reader, share, title },
      ): CrewRow => ({
        role: "reader",
        ...place,
        // Further threads of readers come behind all readers.
        thread: reader + share * shape.readersPerAccelerator,
        title,
      })),
    ],
  };
}

function readerRows(
  places: readonly RankPlace[],
  { shape }: Region,
): ReaderRow[] {
  return places.flatMap((place) =>
    Array.from(
      { length: shape.readersPerAccelerator },
      (_, reader) => ({
        row: readerRow(shape, place.localRank, reader),
        place,
        reader,
        share: 0,
        title: `reader ${reader} of rank ${place.rank}`,
      }),
    )
  );
}

/** Of the threads that fetch for readers beside their own. */
function transferRows(
  readers: readonly ReaderRow[],
  { shape }: Region,
): ReaderRow[] {
  const shares = Array.from(
    { length: (shape.transferThreads ?? 1) - 1 },
    (_, index) => index + 1,
  );
  return readers.flatMap((own) =>
    shares.map((share) => ({
      ...own,
      row: readerRow(shape, own.place.localRank, own.reader, share),
      share,
      title: `transfer thread ${share} of ${own.title}`,
    }))
  );
}

/** Neighbors with the same thread, in order. */
function grouped<Worker>(
  workers: readonly Worker[],
  threadOf: (worker: Worker) => number,
): (readonly [Worker, ...Worker[]])[] {
  const groups: [Worker, ...Worker[]][] = [];
  for (const worker of workers) {
    const group = groups[threadOf(worker)];
    if (group === undefined) groups.push([worker]);
    else group.push(worker);
  }
  return groups;
}

function acceleratorMember(
  plan: RunPlan,
  { shape, buffer }: Region,
  places: readonly [RankPlace, ...RankPlace[]],
): Member {
  const start: AcceleratorStart = {
    shape,
    buffer,
    accelerators: places.map((place) => ({
      row: acceleratorRow(shape, place.localRank),
      place,
    })),
    plan,
  };
  const [{ rank: first }] = places;
  const last = first + places.length - 1;
  return {
    title: first === last
      ? `accelerator of rank ${first}`
      : `accelerators of ranks ${first} to ${last}`,
    role: "accelerator",
    lines: places.map(({ rank }) => `accelerator of rank ${rank}`),
    start,
    spawn: (furtherParts: readonly string[]) =>
      startThread({
        entry: import.meta.resolve("./accelerator_worker.ts"),
        parts: [
          ...(readsInline(plan) ? readingParts(plan, answersAtOnce(plan)) : []),
          ...furtherParts,
        ],
      }),
  };
}

function readerMember(
  plan: RunPlan,
  { shape, buffer }: Region,
  readers: readonly [ReaderRow, ...ReaderRow[]],
): Member {
  const [first] = readers;
  const last = readers.at(-1) ?? first;
  const thread = threadOfReader(shape, first.place.localRank, first.reader);
  const start: ReaderStart = { shape, buffer, thread, readers, plan };
  return {
    title: readers.length === 1
      ? first.title
      : `readers from ${first.title} to ${last.title}`,
    role: "reader",
    lines: readers.map(({ title }) => title),
    start,
    spawn: (furtherParts: readonly string[]) =>
      startThread({
        entry: import.meta.resolve("./reader_worker.ts"),
        parts: [...readingParts(plan, answersAtOnce(plan)), ...furtherParts],
      }),
  };
}

function answersAtOnce({ dataset }: RunPlan): boolean {
  return STORAGE_KINDS[dataset.storage.kind]?.isSync === true;
}
