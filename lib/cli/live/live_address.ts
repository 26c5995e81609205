/**
 * Where `--live` listens: `9000`, `0.0.0.0:9000`, `[::1]:9000`, or nothing
 * for any free port of this host alone.
 */
import { UsageError } from "../../errors.ts";

/** An address to listen at. */
export interface LiveAddress {
  readonly hostname: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Only this host. */
const LOOPBACK = "127.0.0.1";
const MAX_PORT = 65535;
const ADDRESS_REGEXP = /^(?:(\[[0-9a-f:.]+\]|[\w.-]+):)?(\d{1,5})$/i;

/** Whether a word of the command line is such an address. */
export function isLiveAddress(word: string): boolean {
  return ADDRESS_REGEXP.test(word);
}

/**
 * Reads an address.
 *
 * @param text "": any free port of this host alone.
 * @throws {UsageError} If it is none.
 */
export function parseLiveAddress(text: string): LiveAddress {
  if (text === "") return { hostname: LOOPBACK, port: 0 };
  const [, host, portText] = ADDRESS_REGEXP.exec(text) ?? [];
  const port = Number(portText);
  if (portText === undefined || port > MAX_PORT) {
    throw new UsageError(
      `Cannot use --live ${text}: it must be a port up to ${MAX_PORT}, or ` +
        "an address and a port, such as 9000 or 0.0.0.0:9000",
    );
  }
  return { hostname: host?.replaceAll(/[[\]]/g, "") ?? LOOPBACK, port };
}
