/**
 * Where requests went: one line per endpoint, for runs on object stores.
 */
import { HISTOGRAM_SLOTS, mergeHistogram } from "../../metrics/histogram.ts";
import { latencyUs } from "../../metrics/latency.ts";
import type { EndpointRecord, PhaseRecord } from "../../metrics/run_record.ts";
import { bytesText, latencyText } from "./quantity.ts";

/**
 * Renders the endpoints of a run, all phases together.
 *
 * @param phases The phases of the run.
 * @returns Lines with their line feeds; "" where there are no endpoints.
 */
export function endpointTable(phases: readonly PhaseRecord[]): string {
  return mergedEndpoints(phases).map((endpoint) =>
    `[STOKER] Endpoint ${endpoint.address}: ${endpoint.requests} requests, ` +
    `${bytesText(endpoint.bytes)}, ${endpoint.retries} retries, ` +
    `${endpoint.errors} errors, latency (µs): ` +
    `${latencyText(latencyUs(endpoint.latency))}\n`
  ).join("");
}

/**
 * The endpoints of a run, each with its requests of all phases.
 *
 * @param phases The phases of the run.
 * @returns In the order in which they came first.
 */
export function mergedEndpoints(
  phases: readonly PhaseRecord[],
): EndpointRecord[] {
  const merged = new Map<string, EndpointRecord>();
  for (const phase of phases) {
    for (const endpoint of phase.endpoints ?? []) {
      const known = merged.get(endpoint.address);
      merged.set(endpoint.address, addEndpoints(endpoint, known));
    }
  }
  return [...merged.values()];
}

function addEndpoints(
  one: EndpointRecord,
  other: EndpointRecord | undefined,
): EndpointRecord {
  if (other === undefined) return one;
  const latency = new Float64Array(HISTOGRAM_SLOTS);
  mergeHistogram(latency, one.latency);
  mergeHistogram(latency, other.latency);
  return {
    address: one.address,
    requests: one.requests + other.requests,
    bytes: one.bytes + other.bytes,
    errors: one.errors + other.errors,
    retries: one.retries + other.retries,
    latency,
  };
}
