/** Tests of lib/cli/facts/system_yaml.ts. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml";
import { systemYaml } from "../../../lib/cli/facts/system_yaml.ts";
import type { HostInventory } from "../../../lib/host/host_inventory.ts";

const UP = {
  name: "eth0",
  type: "ethernet",
  isUp: true,
  gigabitsPerSecond: 100,
} as const;

const HOST: HostInventory = {
  hostname: "client-1",
  chassisModel: 'Box "9"',
  cpuModel: "EPYC 9555: 64-Core",
  socketCount: 2,
  coreCount: 128,
  memoryBytes: 503.4 * 2 ** 30,
  networkPorts: [UP, { ...UP, name: "eth1" }, {
    name: "ib0",
    type: "infiniband",
    isUp: false,
    gigabitsPerSecond: null,
  }],
  osName: "Rocky Linux",
  osVersion: "9.5",
  kernelRelease: "5.14",
  kernelParameters: [{ name: "vm.dirty_ratio", value: "20" }],
};

interface Draft {
  system_under_test: {
    solution: Record<string, unknown>;
    product_nodes: unknown[];
    clients: Record<string, unknown>[];
  };
}

function draftOf(host: HostInventory): Draft {
  return parse(systemYaml(host)) as Draft;
}

Deno.test("systemYaml() fills in what the host tells, alike ports as one", () => {
  const [client] = draftOf(HOST).system_under_test.clients;
  assertEquals(client, {
    friendly_description: "",
    quantity: 1,
    chassis: {
      model_name: 'Box "9"',
      rack_units: "",
      cpu_model: "EPYC 9555: 64-Core",
      cpu_qty: 2,
      cpu_cores: 128,
      memory_capacity: 503,
      power: {
        min_psus_active: "",
        psus_configured: [{
          inlet_voltage: "",
          nameplate_power_watts: "",
          efficiency: "",
          unit_count: "",
        }],
      },
    },
    networking: [
      {
        type: "ethernet",
        state: "up",
        speed: 100,
        traffic: [],
        unit_count: 2,
      },
      { type: "infiniband", state: "down", unit_count: 1 },
    ],
    operating_system: { name: "Rocky Linux", version: "9.5" },
    sysctl: [{ name: "vm.dirty_ratio", value: "20" }],
  });
});

Deno.test("systemYaml() leaves blank what the host does not tell, and says the choices", () => {
  const text = systemYaml({
    ...HOST,
    chassisModel: null,
    socketCount: null,
    coreCount: null,
    osName: null,
    networkPorts: [{ ...UP, gigabitsPerSecond: null }],
    kernelParameters: [],
  });
  assertStringIncludes(text, 'cpu_qty: ""\n        cpu_cores: ""\n');
  assertStringIncludes(text, 'benchmark_API: ""  # file, object\n');
  const [client] = (parse(text) as Draft).system_under_test.clients;
  assertEquals(client?.operating_system, { name: "", version: "9.5" });
  assertEquals(client?.sysctl, []);
});

Deno.test("systemYaml() has the sections of the field's schema", () => {
  const { system_under_test: system } = draftOf(HOST);
  assertEquals(Object.keys(system), [
    "solution",
    "deployment",
    "product_nodes",
    "total_rack_units",
    "clients",
  ]);
  assertEquals(Object.keys(system.solution), [
    "submission_name",
    "friendly_description",
    "architecture",
    "capabilities",
  ]);
});

Deno.test("systemYaml() stays YAML with a host whose names are hostile", () => {
  const text = systemYaml({
    ...HOST,
    hostname: "a\nb: c",
    kernelRelease: "1\n2",
    chassisModel: "x\n- y # z",
    networkPorts: [{ ...UP, name: "e\u2028f" }],
  });
  const [client] = (parse(text) as Draft).system_under_test.clients;
  assertEquals(
    (client?.chassis as Record<string, unknown>).model_name,
    "x\n- y # z",
  );
});
