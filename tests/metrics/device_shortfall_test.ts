/** Tests of lib/metrics/device_shortfall.ts, and of the warnings made of it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cacheTruth, cacheWarning } from "../../lib/metrics/cache_truth.ts";
import { shortfallCauses } from "../../lib/metrics/device_shortfall.ts";
import type { PhaseKind } from "../../lib/metrics/phase_kinds.ts";
import type { DeviceShortfall } from "../../lib/metrics/run_record.ts";
import { hostsOf, phaseOf } from "./sample_run.ts";

const NOTHING_FOUND: DeviceShortfall = {
  isDirect: true,
  fileSystemType: "xfs",
  isMemory: false,
  compression: null,
  cachesDirect: null,
  sampledFiles: 16,
  sampledBytes: 1000,
  holeBytes: 0,
};

function short(facts: Partial<DeviceShortfall>, bytes = 10) {
  return phaseOf({
    bytesRequested: 1000,
    hosts: hostsOf({
      bytes,
      source: "x",
      shortfall: { ...NOTHING_FOUND, ...facts },
    }),
  });
}

const CASES: readonly [Partial<DeviceShortfall>, RegExp][] = [
  [{ holeBytes: 998 }, /^99.8 % of 16 files .* are holes[^;]*$/],
  [
    { holeBytes: 998, isDirect: false },
    /are holes, which no device stores; the page cache .* may have held others/,
  ],
  [
    { fileSystemType: "btrfs", compression: "compress=zstd:3" },
    /^btrfs compresses files \(compress=zstd:3\).*page cache$/,
  ],
  [
    { fileSystemType: "tmpfs", isMemory: true, holeBytes: null },
    /^tmpfs keeps files in memory$/,
  ],
  [
    { fileSystemType: "tmpfs", isMemory: true, isDirect: false },
    /^tmpfs keeps files in memory$/,
  ],
  [
    { fileSystemType: "ext4", cachesDirect: "data=journal" },
    /^ext4 with data=journal sends O_DIRECT through the page cache$/,
  ],
  [{}, /^no holes were found, and no option of xfs/],
];

Deno.test("shortfallCauses() says which of holes, compression, memory or page cache it can be", () => {
  for (const [facts, expected] of CASES) {
    const causes = shortfallCauses([short(facts)]);
    assertMatch(causes?.reasons.join("; ") ?? "", expected);
  }
  const plain = shortfallCauses([short({ isDirect: false })]);
  assertEquals(plain, { isDirect: false, reasons: [], advice: null });
  assertEquals(shortfallCauses([phaseOf()]), null);
});

Deno.test("shortfallCauses() says the same once for all epochs", () => {
  const epochs = [short({ holeBytes: 500 }), short({ holeBytes: 500 })];
  assertEquals(shortfallCauses(epochs)?.reasons.length, 1);
  assertMatch(shortfallCauses(epochs)?.reasons[0] ?? "", /^50.0 % of 16 files/);
});

function warningOf(kind: PhaseKind, facts: Partial<DeviceShortfall>) {
  return cacheWarning(kind, cacheTruth([short(facts)]));
}

Deno.test("cacheWarning() says why O_DIRECT brought too little, and no larger dataset helps", () => {
  const warning = warningOf("train", { holeBytes: 990 }) ?? "";
  assertStringIncludes(
    warning,
    "Training: 99.0 % of its bytes did not come from the device in spite of " +
      "O_DIRECT: 99.0 % of 16 files that were looked at are holes",
  );
  assertEquals(warning.includes("larger"), false);
  assertEquals(warning.includes("odirect"), false);
});

Deno.test("cacheWarning() speaks of writes only with O_DIRECT and where they are measured", () => {
  const memory = { fileSystemType: "tmpfs", isMemory: true };
  assertStringIncludes(
    warningOf("save_checkpoint", memory) ?? "",
    "did not reach the device in spite of O_DIRECT: tmpfs keeps",
  );
  assertEquals(
    warningOf("save_checkpoint", { ...memory, isDirect: false }),
    null,
  );
  assertEquals(warningOf("generate", memory), null);
  assertEquals(warningOf("verify", memory), null);
});

Deno.test("cacheWarning() leaves a plain page cache its own words", () => {
  assertStringIncludes(
    warningOf("train", { isDirect: false }) ?? "",
    "from this host's memory",
  );
});
