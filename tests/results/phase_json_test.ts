import { assertEquals, assertThrows } from "@std/assert";
import { HISTOGRAM_GROUPS } from "../../lib/metrics/histogram.ts";
import {
  histogramFromPlain,
  histogramToPlain,
} from "../../lib/results/histogram_json.ts";
import { jsonPieces } from "../../lib/results/json_pieces.ts";
import { recordFromPlain, recordToPlain } from "../../lib/results/key_case.ts";
import { phaseFromPlain, phaseToPlain } from "../../lib/results/phase_json.ts";
import {
  evalPhase,
  histogramOf,
  hostsOf,
  phaseOf,
  savePhase,
  trainPhase,
} from "../metrics/sample_run.ts";

function throughJson<T>(value: T): T {
  return JSON.parse([...jsonPieces(value)].join("")) as T;
}

Deno.test("phaseFromPlain() gives back every fact after JSON", () => {
  for (const phase of [trainPhase(1), evalPhase(2), savePhase(3)]) {
    assertEquals(phaseFromPlain(throughJson(phaseToPlain(phase))), phase);
  }
});

Deno.test("phaseFromPlain() gives back why a device fell short", () => {
  const phase = phaseOf({
    hosts: hostsOf({
      bytes: 1,
      source: "x",
      shortfall: {
        isDirect: true,
        fileSystemType: "xfs",
        isMemory: false,
        compression: null,
        cachesDirect: null,
        sampledFiles: 2,
        sampledBytes: 20,
        holeBytes: 10,
      },
    }),
  });
  const plain = throughJson(phaseToPlain(phase));
  assertEquals(plain.hosts[0]?.device.shortfall?.hole_bytes, 10);
  assertEquals(phaseFromPlain(plain).hosts, phase.hosts);
});

Deno.test("histogramFromPlain() gives back every count after JSON", () => {
  const slots = histogramOf([0, 0.001, 0.001, 17, 3.6e6, 1e12]);
  assertEquals(histogramFromPlain(throughJson(histogramToPlain(slots))), slots);
});

Deno.test("histogramToPlain() lists groups with a count only", () => {
  const plain = histogramToPlain(histogramOf([1, 1, 1]));
  assertEquals(plain.count, 3);
  assertEquals(plain.groups.length, 1);
  assertEquals(plain.groups[0]?.[2], 3);
});

Deno.test("histogramFromPlain() throws for a group that is not there", () => {
  assertThrows(
    () =>
      histogramFromPlain({
        count: 1,
        sum_ms: 1,
        min_ms: 1,
        max_ms: 1,
        groups: [[HISTOGRAM_GROUPS, 0, 1]],
      }),
    RangeError,
    `it must be < ${HISTOGRAM_GROUPS}`,
  );
});

Deno.test("recordToPlain() renames a record's own keys only", () => {
  const record = { cpuCount: 2, cpuInfo: { "fooBar baz": "1" } };
  const plain = recordToPlain(record);
  assertEquals(plain, { cpu_count: 2, cpu_info: { "fooBar baz": "1" } });
  assertEquals(recordFromPlain<typeof record>(plain), record);
});
