/**
 * The endpoints of one connection, each with its client, and whose turn it
 * is.
 */
import type {
  ClientPlace,
  CreateClient,
  ObjectClient,
  TlsSettings,
} from "./object_client.ts";
import { checkTunnel } from "./node_stack.ts";
import type { EndpointSelection } from "./object_settings.ts";
import type { ProxySettings } from "./proxy.ts";

/** One endpoint. */
export interface Endpoint {
  readonly address: string;
  readonly number: number;
  readonly client: ObjectClient;
  /** Requests in flight. */
  inFlight: number;
  /** Requests that it was picked for. */
  pickCount: number;
}

/** What a pool is made from. */
export interface PoolParts {
  readonly create: CreateClient;
  readonly addresses: readonly string[];
  readonly selection: EndpointSelection;
  readonly tls: TlsSettings;
  readonly proxies: ProxySettings;
  /** Number by which endpoints are dealt, and where turns begin. */
  readonly rank: number;
  readonly thread: number;
}

/** See the file header. */
export class EndpointPool {
  readonly #parts: PoolParts;
  readonly #endpoints: readonly Endpoint[];
  readonly #redirected = new Map<string, Endpoint>();
  readonly #pick: () => Endpoint;
  #turn: number;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    const { addresses, rank, thread } = parts;
    this.#endpoints = addresses.map((address, number) =>
      this.#connect({ address, number })
    );
    // Connections that take turns must not all begin with the same one.
    this.#turn = rank + thread;
    const own = this.#at(rank);
    this.#pick = {
      per_rank: () => own,
      round_robin: () => this.#at(this.#turn++),
      least_in_flight: () => this.#leastBusy(),
    }[parts.selection];
  }

  /** The endpoint of the next request. */
  pick(): Endpoint {
    const endpoint = this.#pick();
    endpoint.pickCount++;
    return endpoint;
  }

  /** All endpoints, for those who must reach each. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Where a redirect of `from` leads, signed for that place. */
  redirected(
    from: Endpoint,
    to: { address: string; region: string | null; pathStyle: boolean },
  ): Endpoint {
    const key = JSON.stringify([from.number, to]);
    let endpoint = this.#redirected.get(key);
    if (endpoint === undefined) {
      const { address, region, pathStyle } = to;
      endpoint = this.#connect({ address, number: from.number }, {
        pathStyle,
        ...(region === null ? {} : { region }),
      });
      this.#redirected.set(key, endpoint);
    }
    return endpoint;
  }

  close(): void {
    for (const { client } of this.#endpoints) client.close();
    for (const { client } of this.#redirected.values()) client.close();
  }

  #connect(
    { address, number }: { address: string; number: number },
    other: Pick<ClientPlace, "region" | "pathStyle"> = {},
  ): Endpoint {
    const { create, tls, proxies } = this.#parts;
    if (tls.insecure) checkTunnel(address, { proxies }, "--insecure");
    const client = create({ endpoint: address, tls, proxies, ...other });
    return { address, number, client, inFlight: 0, pickCount: 0 };
  }

  #at(number: number): Endpoint {
    return this.#endpoints[number % this.#endpoints.length] as Endpoint;
  }

  /**
   * The endpoint with the fewest requests in flight; of equally busy ones
   * that with the fewest requests so far, so that equal servers get equal
   * shares; of those the next in turn.
   */
  #leastBusy(): Endpoint {
    let best = this.#at(this.#turn++);
    for (let i = 0; i < this.#endpoints.length - 1; i++) {
      const other = this.#at(this.#turn + i);
      const less = other.inFlight - best.inFlight ||
        other.pickCount - best.pickCount;
      if (less < 0) best = other;
    }
    return best;
  }
}
