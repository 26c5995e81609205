/**
 * A draft of the file in which MLPerf Storage has a system described:
 * `systems/<system>.yaml`. What this host tells is filled in; what only a
 * person knows is blank, with the choices that there are.
 *
 * Source: https://github.com/mlcommons/storage,
 * `mlpstorage_py/system_description/schema.yaml`.
 */
import type {
  HostInventory,
  KernelParameter,
  NetworkPort,
} from "../../host/host_inventory.ts";

const BYTES_PER_GIB = 2 ** 30;

/** Stands where a person has to fill something in. */
const BLANK = '""';

/** Above the draft. */
const HEAD = `\
# Draft of systems/<system>.yaml for MLPerf Storage, by "stoker doctor --yaml".
# Values are what this host said; every "" is for a person who knows the system.
# Hosts that are not like this one are further entries of clients.
system_under_test:
  solution:
    submission_name: ""  # name of the file and of the folder in results/
    friendly_description: ""
    architecture:
      storage_location: ""  # remote, local, remote_and_local
      benchmark_API: ""  # file, object
      product_API: ""  # file, object, block
      client_footprint: ""  # open_source, closed_source, n/a
      client_installation: ""  # in_box, installable, n/a
    capabilities:
      multi_host: ""  # true, false
      simultaneous_write: ""  # true, false
      simultaneous_read: ""  # true, false
      remap_time_in_seconds: ""  # 0 if both are true
    # Only newer versions of mlpstorage know these two:
    # usable_capacity_tib: ""
    # availability: ""
  deployment: ""  # onprem, cloud
  product_nodes:
    - friendly_description: ""
      quantity: ""
      chassis:
        model_name: ""
        rack_units: ""
        cpu_model: ""
        cpu_qty: ""
        cpu_cores: ""  # of all sockets
        memory_capacity: ""  # GiB
        power:
          min_psus_active: ""
          psus_configured:
            - inlet_voltage: ""
              nameplate_power_watts: ""
              efficiency: ""  # Standard, Bronze … Titanium, Unrated
              unit_count: ""
      networking: []
      drives: []
      operating_system:
        name: ""
        version: ""
  total_rack_units: ""  # of product nodes and switches
  clients:`;

/** The draft as YAML. */
export function systemYaml(host: HostInventory): string {
  return [
    HEAD,
    `    - friendly_description: ${BLANK}  # seen: ${oneLine(host.hostname)}`,
    "      quantity: 1  # hosts like this one",
    "      chassis:",
    `        model_name: ${textOf(host.chassisModel)}`,
    `        rack_units: ${BLANK}`,
    `        cpu_model: ${textOf(host.cpuModel)}`,
    `        cpu_qty: ${countOf(host.socketCount)}`,
    `        cpu_cores: ${countOf(host.coreCount)}`,
    `        memory_capacity: ${Math.round(host.memoryBytes / BYTES_PER_GIB)}`,
    "        power:",
    `          min_psus_active: ${BLANK}`,
    "          psus_configured:",
    `            - inlet_voltage: ${BLANK}`,
    `              nameplate_power_watts: ${BLANK}`,
    `              efficiency: ${BLANK}`,
    `              unit_count: ${BLANK}`,
    ...networkLines(host.networkPorts),
    "      operating_system:",
    `        name: ${textOf(host.osName)}`,
    `        version: ${textOf(host.osVersion)}  # kernel ${
      oneLine(host.kernelRelease)
    }`,
    ...parameterLines(host.kernelParameters),
  ].join("\n");
}

/** Ports that are alike are one entry with a count. */
function networkLines(ports: readonly NetworkPort[]): string[] {
  if (ports.length === 0) return ["      networking: []  # none was found"];
  const groups = new Map<string, NetworkPort[]>();
  for (const port of ports) {
    const key = `${port.type} ${port.isUp} ${port.gigabitsPerSecond}`;
    groups.set(key, [...groups.get(key) ?? [], port]);
  }
  return [
    "      networking:",
    ...[...groups.values()].flatMap((alike) => {
      const [first] = alike;
      const names = alike.map(({ name }) => name).join(" ");
      return first === undefined ? [] : [
        `        - type: ${first.type}  # ${oneLine(names)}`,
        `          state: "${first.isUp ? "up" : "down"}"`,
        ...(first.isUp
          ? [
            `          speed: ${
              countOf(first.gigabitsPerSecond)
            }  # gigabits per second, a whole number`,
            "          traffic: []  # management, data, metadata, backend",
          ]
          : []),
        `          unit_count: ${alike.length}`,
      ];
    }),
  ];
}

function parameterLines(parameters: readonly KernelParameter[]): string[] {
  if (parameters.length === 0) return ["      sysctl: []"];
  return [
    "      sysctl:",
    ...parameters.flatMap(({ name, value }) => [
      `        - name: ${name}`,
      `          value: ${textOf(value)}`,
    ]),
  ];
}

/** Quoted, as JSON and YAML both read it. */
function textOf(text: string | null): string {
  return text === null ? BLANK : JSON.stringify(text);
}

function countOf(count: number | null): string {
  return count === null ? BLANK : String(count);
}

/** A text that may stand in a comment. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
