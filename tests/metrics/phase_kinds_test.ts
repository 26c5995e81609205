import { assertEquals } from "@std/assert";
import {
  PHASE_KIND_NAMES,
  PHASE_KINDS,
} from "../../lib/metrics/phase_kinds.ts";

Deno.test("PHASE_KINDS: each kind is called differently everywhere", () => {
  const rows = PHASE_KIND_NAMES.map((kind) => PHASE_KINDS[kind]);
  for (const name of ["title", "metricTitle", "verb"] as const) {
    assertEquals(new Set(rows.map((row) => row[name])).size, rows.length, name);
  }
  const prefixes = rows.flatMap(({ keyPrefix }) => keyPrefix ?? []);
  assertEquals(new Set(prefixes).size, prefixes.length);
  const spans = rows.flatMap(({ dlioSpan }) => dlioSpan ?? []);
  assertEquals(new Set(spans).size, spans.length);
});

Deno.test("PHASE_KINDS: a row does not contradict itself", () => {
  for (const kind of PHASE_KIND_NAMES) {
    const row = PHASE_KINDS[kind];
    assertEquals(row.hasSteps, row.epochColumn !== null, kind);
    assertEquals(row.hasSteps && row.isCheckpoint, false, kind);
    assertEquals(row.keyPrefix === null, row.dlioSpan === null, kind);
    assertEquals(
      row.fromMemory !== null,
      row.direction === "read" && row.keyPrefix !== null,
      kind,
    );
  }
});

Deno.test("PHASE_KINDS: a verification reads, generating writes", () => {
  assertEquals(PHASE_KINDS.verify.direction, "read");
  assertEquals(PHASE_KINDS.generate.direction, "write");
});
