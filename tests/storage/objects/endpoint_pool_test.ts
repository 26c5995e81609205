import { assertEquals } from "@std/assert";
import {
  type Endpoint,
  EndpointPool,
} from "../../../lib/storage/objects/endpoint_pool.ts";
import type { ObjectClient } from "../../../lib/storage/objects/object_client.ts";
import type { EndpointSelection } from "../../../lib/storage/objects/object_settings.ts";

function poolOf(selection: EndpointSelection, endpointCount = 3) {
  return new EndpointPool({
    create: () => ({ close() {} }) as unknown as ObjectClient,
    addresses: Array.from({ length: endpointCount }, (_, i) => `http://h${i}`),
    selection,
    rank: 0,
    thread: 0,
    tls: { caCerts: null, insecure: false },
    proxies: { http: null, https: null, except: [] },
  });
}

function countsOf({ endpoints }: EndpointPool): number[] {
  return endpoints.map(({ pickCount }) => pickCount);
}

Deno.test("least_in_flight gives equal servers equal shares", () => {
  // Requests end in an order that favours nobody on purpose.
  for (const window of [1, 2, 5, 8]) {
    const pool = poolOf("least_in_flight");
    const underWay: Endpoint[] = [];
    for (let i = 0; i < 300; i++) {
      if (underWay.length === window) {
        const [ended] = underWay.splice((i * 7) % window, 1);
        if (ended !== undefined) ended.inFlight--;
      }
      const endpoint = pool.pick();
      endpoint.inFlight++;
      underWay.push(endpoint);
    }
    for (const count of countsOf(pool)) {
      assertEquals(Math.abs(count - 100) <= 1, true, `${countsOf(pool)}`);
    }
  }
});

Deno.test("least_in_flight spares a server that is slow", () => {
  const pool = poolOf("least_in_flight");
  const [slow] = pool.endpoints;
  if (slow !== undefined) slow.inFlight = 4;
  for (let i = 0; i < 10; i++) pool.pick();
  assertEquals(countsOf(pool), [0, 5, 5]);
});

Deno.test("round_robin takes turns, per_rank stays", () => {
  const turns = poolOf("round_robin");
  assertEquals(
    Array.from({ length: 4 }, () => turns.pick().number),
    [0, 1, 2, 0],
  );
  const own = poolOf("per_rank");
  assertEquals(Array.from({ length: 3 }, () => own.pick().number), [0, 0, 0]);
});
