/**
 * What `systems/<system>.yaml` and `submission.yaml` say.
 */
import type { SharingFacts } from "../facts/series.ts";
import type { ManifestFacts, SystemDescription } from "../facts/tree.ts";
import { booleanOf, listOf, mapOf, numberOf, textOf } from "../values.ts";
import type { FileTree } from "./file_tree.ts";

/** A description, and what it says of sharing. */
export interface DescribedSystem {
  readonly description: SystemDescription;
  readonly sharing: SharingFacts;
}

/** Reads a description; null: there is none. */
export async function readDescription(
  tree: FileTree,
  path: string,
): Promise<DescribedSystem | null> {
  if (!tree.hasFile(path)) return null;
  const root = mapOf(await tree.yaml(path));
  // Both nestings were published.
  const system = mapOf(root?.system_under_test) ?? root ?? {};
  const solution = mapOf(system.solution) ?? {};
  const capabilities = mapOf(solution.capabilities) ?? {};
  const architecture = mapOf(solution.architecture) ?? {};
  const clients = listOf(system.clients ?? root?.clients);
  return {
    description: {
      isReadable: root !== null,
      submissionName: textOf(solution.submission_name),
      benchmarkApi: textOf(architecture.benchmark_API) ??
        textOf(architecture.benchmark_api),
      isMultiHost: booleanOf(capabilities.multi_host),
      clients: clients.flatMap((each) => {
        const client = mapOf(each);
        if (client === null) return [];
        return [{
          quantity: numberOf(client.quantity),
          memoryGB: numberOf(mapOf(client.chassis)?.memory_capacity),
        }];
      }),
    },
    sharing: {
      remapSeconds: numberOf(capabilities.remap_time_in_seconds),
      simultaneousWrite: booleanOf(capabilities.simultaneous_write),
      simultaneousRead: booleanOf(capabilities.simultaneous_read),
    },
  };
}

/** Reads a manifest; null: there is none. */
export async function readManifest(
  tree: FileTree,
  path: string,
): Promise<ManifestFacts | null> {
  if (!tree.hasFile(path)) return null;
  const root = mapOf(await tree.yaml(path));
  const runs = root?.runs ?? root?.leaves;
  return {
    isReadable: root !== null,
    schema: textOf(root?.schema),
    rulesEdition: textOf(root?.rules_edition),
    leaves: Array.isArray(runs)
      ? runs.flatMap((run) => textOf(mapOf(run)?.path ?? run) ?? [])
      : null,
  };
}
