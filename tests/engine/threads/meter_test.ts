import { assert, assertEquals } from "@std/assert";
import { WorkerMeter } from "../../../lib/engine/threads/meter.ts";
import {
  ENDPOINT_FIELD,
  FIELD,
  POISON_STOP,
  Region,
  STATE_IDLE,
  STATE_OPEN,
  STATE_READ,
  STATE_WRITE,
} from "../../../lib/engine/threads/region.ts";
import { poison } from "../../../lib/engine/threads/thread_sync.ts";
import { histogramTotals } from "../../../lib/metrics/histogram.ts";
import { type Operation, OPERATIONS } from "../../../lib/metrics/operations.ts";

const SHAPE = {
  accelerators: 3,
  readersPerAccelerator: 0,
  generators: 0,
  maxSteps: 1,
  endpoints: 2,
};

function meterOf(row: number, histogramRow = row) {
  const region = new Region(SHAPE);
  const meter = new WorkerMeter(region, row, histogramRow);
  const fields = region.fields(row);
  const countOf = (operation: Operation, ofRow = histogramRow) =>
    histogramTotals(region.histogram(ofRow, OPERATIONS.indexOf(operation)))
      .count;
  return { region, meter, fields, countOf };
}

Deno.test("WorkerMeter counts bytes and operations, and each latency where it belongs", () => {
  const { meter, fields, countOf } = meterOf(1);
  meter.beginPhase();
  meter.opened(meter.now());
  meter.read(meter.now(), 100);
  meter.read(meter.now(), 2 ** 40);
  meter.wrote(meter.now(), 7);
  assertEquals(fields[FIELD.operations], 4);
  assertEquals(fields[FIELD.bytes], 107 + 2 ** 40);
  const counts = OPERATIONS.map((operation) =>
    [operation, countOf(operation)] as const
  );
  assertEquals(
    Object.fromEntries(counts.filter(([, count]) => count > 0)),
    { open: 1, read: 2, write: 1 },
  );
});

Deno.test("WorkerMeter says what is under way, and of which file", () => {
  const { meter, fields } = meterOf(0);
  const seen = () => [fields[FIELD.state], fields[FIELD.file]];
  meter.opening(12);
  assertEquals(seen(), [STATE_OPEN, 12]);
  meter.opened(meter.now());
  assertEquals(seen(), [STATE_READ, 12]);
  meter.reading(13);
  assertEquals(seen(), [STATE_READ, 13]);
  meter.writing(14);
  assertEquals(seen(), [STATE_WRITE, 14]);
  meter.idle();
  assertEquals(seen(), [STATE_IDLE, 14]);
});

Deno.test("WorkerMeter starts each phase at zero and leaves other rows alone", () => {
  const { region, meter, fields, countOf } = meterOf(1);
  const other = new WorkerMeter(region, 2);
  for (const each of [meter, other]) {
    each.beginPhase();
    each.read(each.now(), 5);
    each.finishedFile();
    each.finishedSamples(3);
    each.answered(1, each.now(), 5);
    each.retried(1);
  }
  meter.beginPhase();
  assert(fields.every((value) => value === 0));
  assert(region.endpointFields(1, 1).every((value) => value === 0));
  assertEquals(countOf("read"), 0);
  meter.finishedFile();
  meter.finishedSamples(2);
  assertEquals([fields[FIELD.files], fields[FIELD.samples]], [1, 2]);
  const others = region.fields(2);
  assertEquals(
    [others[FIELD.bytes], others[FIELD.files], others[FIELD.samples]],
    [5, 1, 3],
  );
  assertEquals(countOf("read", 2), 1);
  assertEquals(region.endpointFields(2, 1)[ENDPOINT_FIELD.requests], 1);
});

Deno.test("WorkerMeter keeps the first and the last end of an operation, from the gate", () => {
  const { meter, fields } = meterOf(0);
  meter.beginPhase();
  const before = meter.now() - meter.gateMs;
  meter.read(meter.now(), 1);
  const first = fields[FIELD.firstDoneMs] ?? NaN;
  assert(first >= before && first === fields[FIELD.lastDoneMs]);
  while (meter.now() - meter.gateMs <= first);
  meter.read(meter.now(), 1);
  assertEquals(fields[FIELD.firstDoneMs], first);
  assert((fields[FIELD.lastDoneMs] ?? 0) > first);
  meter.endPhase();
  assert((fields[FIELD.doneMs] ?? 0) >= (fields[FIELD.lastDoneMs] ?? NaN));
});

Deno.test("WorkerMeter counts requests by endpoint, and their errors in both places", () => {
  const { region, meter, fields, countOf } = meterOf(2);
  meter.beginPhase();
  meter.requested("first_byte", meter.now());
  meter.requested("get", meter.now());
  meter.answered(1, meter.now(), 4096);
  meter.retried(1);
  meter.retried(0);
  meter.failed(0);
  // Nobody has such a number; nothing is lost of what is counted in all.
  meter.failed(7);
  const of = (endpoint: number) => [...region.endpointFields(2, endpoint)];
  assertEquals(of(0), [0, 0, 1, 1]);
  assertEquals(of(1), [1, 4096, 0, 1]);
  assertEquals([fields[FIELD.retries], fields[FIELD.errors]], [2, 2]);
  assertEquals([countOf("get"), countOf("first_byte"), countOf("put")], [
    1,
    1,
    0,
  ]);
  assertEquals(histogramTotals(region.endpointHistogram(2, 1)).count, 1);
});

Deno.test("WorkerMeter puts latencies into the row that it is told, counters into its own", () => {
  const { region, meter, fields, countOf } = meterOf(2, 0);
  meter.wrote(meter.now(), 10);
  meter.synced(3);
  meter.synced(4);
  assertEquals(fields[FIELD.bytes], 10);
  assertEquals(fields[FIELD.fsyncMs], 7);
  assertEquals([countOf("write", 0), countOf("write", 2)], [1, 0]);
  assertEquals([countOf("fsync", 0), countOf("fsync", 2)], [2, 0]);
  assertEquals(region.fields(0)[FIELD.bytes], 0);
});

Deno.test("WorkerMeter sees that the run is being stopped", () => {
  const { region, meter } = meterOf(0);
  assertEquals(meter.isStopped(), false);
  poison(region, POISON_STOP);
  assertEquals(meter.isStopped(), true);
});
