/**
 * Requests that are retried with backoff, bounded in time, redirected and
 * counted.
 *
 * A request stays with its endpoint. An endpoint that is down is an error that
 * names it; its load is not moved to the others.
 */
import { StokerError, StorageError } from "../../errors.ts";
import type { RequestObserver } from "../storage.ts";
import { Backoff } from "./backoff.ts";
import { Deadlines, type Limits } from "./deadlines.ts";
import type { Endpoint, EndpointPool } from "./endpoint_pool.ts";
import { type QueryEntries, withQuery } from "./followed_query.ts";
import type { ObjectClient, ObjectName } from "./object_client.ts";
import { DOT_SEGMENT_RULE, hasDotSegment } from "./object_key.ts";
import { proxyFor, type ProxySettings } from "./proxy.ts";
import { redirectTarget } from "./redirect.ts";
import {
  objectUri,
  RequestFailure,
  STOPPED_CODE,
  toRequestError,
} from "./request_failure.ts";

/** Longest chain of redirects that is followed. */
const MAX_REDIRECTS = 5;

/** What requests are sent with. */
export interface RequestParts {
  readonly pool: EndpointPool;
  readonly limits: Limits;
  readonly maxAttempts: number;
  readonly pathStyle: boolean;
  readonly secrets: readonly string[];
  readonly proxies: ProxySettings;
  readonly seed: number;
  readonly observer?: RequestObserver | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an attempt works with. */
export interface Attempt {
  readonly client: ObjectClient;
  readonly signal: AbortSignal;
  /** Attempts before this one. */
  readonly failedAttempts: number;
  /** The headers of the answer are there. */
  readonly onHeaders: () => void;
  /** Bytes that the request has moved, reported once when it is done. */
  readonly moved: (byteCount: number) => void;
}

/** What is requested. */
export interface Request {
  /** For messages: "read", "write" ... */
  readonly operation: string;
  readonly name: ObjectName;
  /** Absent: whose turn it is. */
  readonly endpoint?: Endpoint;
  /** True: that there is no such object is an answer, no failure. */
  readonly mayBeMissing?: boolean;
}

/** Where the next attempt goes. */
interface Place {
  readonly endpoint: Endpoint;
  /** Null: the query of the request itself. */
  readonly query: QueryEntries | null;
}

/** See the file header. */
export class Requests {
  readonly #parts: RequestParts;
  readonly #deadlines: Deadlines;
  readonly #backoff: Backoff;

  constructor(parts: RequestParts) {
    this.#parts = parts;
    this.#deadlines = new Deadlines(parts.limits, parts.signal);
    this.#backoff = new Backoff(parts.seed);
  }

  /**
   * Sends a request until it succeeds or cannot.
   *
   * @param attempt One attempt; it starts from the beginning every time.
   * @throws {StorageError} That names object, endpoint, status, code, request.
   * @throws {StokerError} Why the run is being stopped, if that is known.
   */
  async send<Result>(
    request: Request,
    attempt: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    const { pool, maxAttempts, observer } = this.#parts;
    const { name } = request;
    if (hasDotSegment(name.key)) {
      const uri = objectUri(name);
      throw new StorageError("use", uri, "EINVAL", DOT_SEGMENT_RULE);
    }
    const first = request.endpoint ?? pool.pick();
    let place: Place = { endpoint: first, query: null };
    let redirects = 0;
    let failedAttempts = 0;
    first.inFlight++;
    try {
      for (;;) {
        try {
          return await this.#once(place, failedAttempts, attempt);
        } catch (error) {
          const failure = asFailure(error);
          if (failure.isRedirect && redirects++ < MAX_REDIRECTS) {
            place = this.#follow(failure, {
              request,
              endpoint: place.endpoint,
            });
            continue;
          }
          failedAttempts++;
          const { endpoint } = place;
          if (failure.isMissing && request.mayBeMissing === true) {
            throw this.#error(failure, request, endpoint, failedAttempts);
          }
          if (!failure.isTransient || failedAttempts >= maxAttempts) {
            observer?.failed(first.number);
            throw this.#error(failure, request, endpoint, failedAttempts);
          }
          observer?.retried(first.number);
          await this.#pause(this.#waitMs(failure, failedAttempts));
        }
      }
    } finally {
      first.inFlight--;
    }
  }

  /**
   * The wait that the server demands is added to the backoff, so that readers
   * that were refused together do not retry together.
   */
  #waitMs({ retryAfterMs }: RequestFailure, failedAttempts: number): number {
    const backoffMs = this.#backoff.waitMs(failedAttempts);
    if (retryAfterMs === null) return backoffMs;
    return Math.min(retryAfterMs + backoffMs, this.#parts.limits.totalMs);
  }

  async #once<Result>(
    { endpoint, query }: Place,
    failedAttempts: number,
    attempt: (attempt: Attempt) => Promise<Result>,
  ): Promise<Result> {
    const { observer } = this.#parts;
    const startMs = performance.now();
    const deadline = this.#deadlines.begin(startMs);
    let byteCount = 0;
    try {
      const parts = {
        client: endpoint.client,
        signal: deadline.signal,
        failedAttempts,
        onHeaders: () => deadline.gotHeaders(),
        moved: (count: number) => byteCount = count,
      };
      // A library may not hear of the signal, or not in every state; whoever
      // waits for it is let go all the same.
      const acting = withQuery(query, () => attempt(parts));
      acting.catch(() => {});
      const result = await Promise.race([acting, deadline.ended]);
      observer?.answered(endpoint.number, startMs, byteCount);
      return result;
    } finally {
      this.#deadlines.end(deadline);
    }
  }

  #follow(
    failure: RequestFailure,
    from: { request: Request; endpoint: Endpoint },
  ): Place {
    const { pool, pathStyle, observer } = this.#parts;
    const { request, endpoint } = from;
    try {
      const { address } = endpoint;
      const { query, ...target } = redirectTarget(
        failure,
        { address, pathStyle },
        request.name,
      );
      return { endpoint: pool.redirected(endpoint, target), query };
    } catch (refused) {
      observer?.failed(endpoint.number);
      throw this.#error(asFailure(refused), request, endpoint, 1);
    }
  }

  #error(
    failure: RequestFailure,
    request: Request,
    endpoint: Endpoint,
    attempts: number,
  ): StokerError {
    const { operation, name } = request;
    const { secrets, signal, proxies } = this.#parts;
    const isStopped = failure.code === STOPPED_CODE;
    if (isStopped && signal?.reason instanceof StokerError) {
      return signal.reason;
    }
    return toRequestError(failure, {
      operation,
      name,
      endpoint: endpoint.address,
      proxy: proxyFor(endpoint.address, proxies)?.origin ?? null,
      attempts,
      secrets,
    });
  }

  /** Sleeps until the time is over or the run ends. */
  async #pause(durationMs: number): Promise<void> {
    const { signal } = this.#parts;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      if (signal?.aborted) end();
      else signal?.addEventListener("abort", end, { once: true });
    });
  }
}

function asFailure(error: unknown): RequestFailure {
  if (error instanceof RequestFailure) return error;
  throw error;
}
