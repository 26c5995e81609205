/**
 * Loading a library so that its symbols are global, which Deno's own call does
 * not do: libraries that load plugins, as Open MPI does, need it.
 *
 * Spec: dlopen(3), dlsym(3). Since glibc 2.34 both are in libc.so.6, before
 * that in libdl.so.2.
 */
import { cPath, openDlCalls } from "./libc.ts";
import type { Reading } from "./reading.ts";

const RTLD_NOW = 0x2;
const RTLD_GLOBAL = 0x100;

/** A loaded library; it stays loaded as long as the process lives. */
export interface GlobalLibrary {
  /** Address of a symbol; 0n if there is none. */
  addressOf(name: string): bigint;
}

/**
 * Loads a library.
 *
 * @param name A path, or a name that the system's loader searches.
 * @returns The library, or what the loader said.
 */
export function loadGlobally(name: string): Reading<GlobalLibrary> {
  const calls = openDlCalls();
  if (calls.value === null) return calls;
  const { dlopen, dlsym, dlerror } = calls.value;
  const handle = dlopen(cPath(name), RTLD_NOW | RTLD_GLOBAL);
  if (handle === null) {
    const text = dlerror();
    const reason = text === null
      ? "it cannot be loaded"
      : new Deno.UnsafePointerView(text).getCString();
    return { value: null, reason };
  }
  const addressOf = (symbol: string) =>
    BigInt(Deno.UnsafePointer.value(dlsym(handle, cPath(symbol))));
  return { value: { addressOf }, reason: null };
}
