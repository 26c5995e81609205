/** Tests of lib/measure/device_log.ts and lib/results/dlio/iostat.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseDiskStats } from "../../lib/host/disk_stats.ts";
import { parseCpuTicks } from "../../lib/host/host_cpu.ts";
import {
  DeviceLog,
  type DeviceLogOptions,
  type Kernel,
} from "../../lib/measure/device_log.ts";
import { iostatPieces } from "../../lib/results/dlio/iostat.ts";

/** Two looks at a host, one second apart. */
const LOOKS = [
  {
    disks: "254 0 vda 1000 10 80000 2000 500 50 40000 4000 1 3000 7000 " +
      "100 5 8000 300 40 80\n" +
      "254 1 vda1 900 10 80000 2000 500 50 40000 4000 1 3000 7000 0 0 0 0 0 0\n" +
      "7 1 loop1 5000 0 640000 2500 0 0 0 0 0 900 2500 0 0 0 0 0 0\n" +
      "7 2 loop2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    stat: "cpu  1000 100 500 7000 1000 50 50 300 400 0\n",
  },
  {
    disks: "254 0 vda 1250 22 112768 2725 812 177 108936 9311 3 3742 13036 " +
      "133 5 16192 391 55 101\n" +
      "254 1 vda1 1150 22 112768 2725 812 177 108936 9311 3 3742 13036 0 0 0 0 0 0\n" +
      "7 1 loop1 17345 3 3800420 9873 0 0 0 0 0 1893 9873 0 0 0 0 0 0\n" +
      "7 2 loop2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    stat: "cpu  1113 107 548 7019 1013 52 53 305 440 0\n",
  },
] as const;

/**
 * What iostat of sysstat 12.6.1 (`iostat -mdxtcy -o JSON 1`) said of these
 * counters: its view of /proc and /sys was replaced by them for a second.
 */
const IOSTAT_CPU =
  `"avg-cpu":  {"user": 53.81, "nice": 3.33, "system": 25.24, "iowait": 6.19, "steal": 2.38, "idle": 9.05},`;
const IOSTAT_DISKS = [
  `{"disk_device": "vda", "r/s": 250.00, "w/s": 312.00, "d/s": 33.00, "f/s": 15.00, "rMB/s": 16.00, "wMB/s": 33.66, "dMB/s": 4.00, "rrqm/s": 12.00, "wrqm/s": 127.00, "drqm/s": 0.00, "rrqm": 4.58, "wrqm": 28.93, "drqm": 0.00, "r_await": 2.90, "w_await": 17.02, "d_await": 2.76, "f_await": 1.40, "rareq-sz": 65.54, "wareq-sz": 110.47, "dareq-sz": 124.12, "aqu-sz": 6.04, "util": 74.20}`,
  `{"disk_device": "loop1", "r/s": 12345.00, "w/s": 0.00, "d/s": 0.00, "f/s": 0.00, "rMB/s": 1543.17, "wMB/s": 0.00, "dMB/s": 0.00, "rrqm/s": 3.00, "wrqm/s": 0.00, "drqm/s": 0.00, "rrqm": 0.02, "wrqm": 0.00, "drqm": 0.00, "r_await": 0.60, "w_await": 0.00, "d_await": 0.00, "f_await": 0.00, "rareq-sz": 128.00, "wareq-sz": 0.00, "dareq-sz": 0.00, "aqu-sz": 7.37, "util": 99.30}`,
] as const;

/** 2026-11-30 00:39:31 UTC. */
const START_MS = Date.UTC(2026, 10, 30, 0, 39, 31);

/** A host that answers with one look after another, the last one for ever. */
function watch(options: Partial<DeviceLogOptions> = {}) {
  const warnings: string[] = [];
  let seconds = 0;
  const look = () => LOOKS[Math.min(seconds, LOOKS.length - 1)]!;
  const kernel: Kernel = {
    readDiskStats: () => ({
      value: parseDiskStats(look().disks),
      reason: null,
    }),
    readCpuTicks: () => parseCpuTicks(look().stat),
    isWholeDevice: (device) => !/\d$/.test(device) || device.startsWith("loop"),
  };
  const log = DeviceLog.start({
    devices: [],
    moment: () => ({
      wallMs: START_MS + seconds * 1000,
      atSeconds: seconds,
    }),
    onWarning: (text) => warnings.push(text),
    kernel,
    ...options,
  });
  return { log, warnings, second: () => void seconds++ };
}

function textOf(log: DeviceLog): string {
  return [...iostatPieces({
    hostname: "vm",
    osRelease: "6.18.44",
    cpuCount: 2,
    startWallMs: START_MS,
    utcOffsetMinutes: 60,
  }, log.samples)].join("");
}

function disksOf(text: string): string[][] {
  interface Report {
    readonly disk: readonly { readonly disk_device: string }[];
  }
  const { statistics } = JSON.parse(text).sysstat.hosts[0];
  return (statistics as Report[]).map(({ disk }) =>
    disk.map((each) => each.disk_device)
  );
}

Deno.test("iostat.json has the very figures that iostat gives for the same counters", () => {
  const { log, warnings, second } = watch();
  second();
  log!.look();
  log!.stop();
  const text = textOf(log!);
  for (const line of [IOSTAT_CPU, ...IOSTAT_DISKS]) {
    assertStringIncludes(text, line);
  }
  assertStringIncludes(text, `"timestamp": "11/30/26 01:39:32",`);
  assertStringIncludes(text, `"date": "11/30/26",`);
  assertEquals(disksOf(text), [["vda", "loop1"]]);
  assertEquals(warnings, []);
});

Deno.test("iostat.json of a run shorter than a second has no report, and is JSON", () => {
  const { log } = watch();
  log!.stop();
  assertEquals(disksOf(textOf(log!)), []);
});

Deno.test("DeviceLog watches the devices that are named, partitions and idle ones too", () => {
  const { log, warnings, second } = watch({
    devices: ["/dev/vda1", "loop2", "sdz"],
  });
  second();
  log!.look();
  log!.stop();
  assertEquals(disksOf(textOf(log!)), [["vda1", "loop2"]]);
  assertEquals(warnings, [
    "Cannot watch the device sdz of profiling.iostat_devices as it must be " +
    "one of this host: vda, vda1, loop1, loop2",
  ]);
});

Deno.test("DeviceLog says why there is none where the kernel does not tell", () => {
  const { log, warnings } = watch({
    kernel: {
      readDiskStats: () => ({ value: null, reason: "no FFI" }),
      readCpuTicks: () => null,
      isWholeDevice: () => true,
    },
  });
  assertEquals(log, null);
  assertEquals(warnings, [
    "Cannot write iostat.json as workflow.profiling asks: no FFI",
  ]);
});

Deno.test("DeviceLog keeps a bounded number of reports, and says where it ends", () => {
  const { log, warnings, second } = watch({ maxReports: 1 });
  second();
  log!.look();
  second();
  log!.look();
  assertEquals(log!.samples.length, 1);
  assertEquals(warnings, [
    "iostat.json ends 1 s after the begin of the run: it must not have more " +
    "than 1 reports of devices",
  ]);
});

Deno.test("DeviceLog counts a device that came again from zero", () => {
  const { log, second } = watch({
    kernel: {
      readDiskStats: (() => {
        const lines = [
          "8 0 sda 900 0 80 9 9 9 9 9 9 9 9",
          "8 0 sda 5 0 80 9 9 9 9 9 9 9 9",
        ];
        return () => ({
          value: parseDiskStats(lines.shift() ?? ""),
          reason: null,
        });
      })(),
      readCpuTicks: () => parseCpuTicks(LOOKS[0].stat),
      isWholeDevice: () => true,
    },
  });
  second();
  log!.look();
  log!.stop();
  assertEquals(
    log!.samples.map(({ devices }) =>
      [...devices].map(({ read }) => read.requests)
    ),
    [[5]],
  );
});
