/** Tests of lib/metrics/device_io.ts. */
import { assertEquals } from "@std/assert";
import {
  deviceIo,
  type DevicePath,
  fallsShort,
} from "../../lib/metrics/device_io.ts";

const COUNTED = "/proc/self/io read_bytes";

interface Case {
  readonly way: DevicePath["way"];
  readonly uncounted?: string;
  readonly counted: number | null;
  readonly bytes: number | null;
  readonly source: string;
}

const CASES: readonly Case[] = [
  {
    way: "nothing",
    counted: 7,
    bytes: null,
    source: "null storage moves no bytes",
  },
  {
    way: "network",
    counted: 7,
    bytes: 100,
    source: "every byte bypasses the cache: sent over the network",
  },
  { way: "direct", counted: 7, bytes: 7, source: `O_DIRECT, ${COUNTED}` },
  // Blocks are whole at the ends of files: no more than was asked for.
  { way: "direct", counted: 130, bytes: 100, source: `O_DIRECT, ${COUNTED}` },
  { way: "direct", counted: null, bytes: null, source: "no FFI" },
  { way: "cached", counted: 130, bytes: 130, source: COUNTED },
  { way: "cached", counted: null, bytes: null, source: "no FFI" },
  {
    way: "direct",
    uncounted: "nfs4: a server",
    counted: 100,
    bytes: null,
    source: "cannot be known: nfs4: a server",
  },
  {
    way: "cached",
    uncounted: "fuse: a program",
    counted: 0,
    bytes: null,
    source: "cannot be known: fuse: a program",
  },
];

Deno.test("deviceIo() believes the kernel for files, nobody for null storage, the network for objects", () => {
  for (const { way, uncounted = null, counted, bytes, source } of CASES) {
    const kernel = {
      bytes: counted,
      source: counted === null ? "no FFI" : COUNTED,
    };
    assertEquals(
      deviceIo(100, kernel, { way, uncountedReason: uncounted }),
      { bytes, source },
    );
  }
});

Deno.test("fallsShort() begins below 95 % of what was asked for", () => {
  const at = (bytes: number | null) => fallsShort(100, { bytes, source: "" });
  assertEquals([0, 94, 95, 100, null].map(at), [
    true,
    true,
    false,
    false,
    false,
  ]);
  assertEquals(fallsShort(0, { bytes: 0, source: "" }), false);
});
