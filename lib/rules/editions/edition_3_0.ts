/**
 * Edition 3.0 of the benchmark's rules, as its tools of 3.0.x apply it after
 * the round: what the round only warned of are errors.
 *
 * Not in the table: 2.1.3, which says that both divisions have the same rules,
 * and those on what the tool does rather than what a result holds.
 */
import { rule as checkpointMemory } from "../checkpointing/accelerator_memory.ts";
import { rule as checkpointCaches } from "../checkpointing/caches.ts";
import { rule as closedProcesses } from "../checkpointing/closed_processes.ts";
import { rule as checkpointFileSystems } from "../checkpointing/file_systems.ts";
import { rule as checkpointFolders } from "../checkpointing/folders.ts";
import { rule as fsync } from "../checkpointing/fsync.ts";
import { rule as invocationCount } from "../checkpointing/invocation_count.ts";
import { rule as invocationGap } from "../checkpointing/invocation_gap.ts";
import { rule as checkpointModel } from "../checkpointing/model.ts";
import { rule as openProcesses } from "../checkpointing/open_processes.ts";
import { rule as operations } from "../checkpointing/operations.ts";
import { rule as checkpointParameters } from "../checkpointing/parameters.ts";
import { rule as processesPerHost } from "../checkpointing/processes_per_host.ts";
import { rule as remapping } from "../checkpointing/remapping.ts";
import { rule as checkpointResults } from "../checkpointing/results_json.ts";
import { rule as sameInvocations } from "../checkpointing/same_invocations.ts";
import { rule as sharedAccess } from "../checkpointing/shared_access.ts";
import { rule as subset } from "../checkpointing/subset.ts";
import { rule as totalTime } from "../checkpointing/total_time.ts";
import type { Edition } from "../edition.ts";
import { rule as aggregates } from "../kv_cache/aggregates.ts";
import { rule as autoscaling } from "../kv_cache/autoscaling.ts";
import { rule as clients } from "../kv_cache/clients.ts";
import { rule as kvFileSystems } from "../kv_cache/file_systems.ts";
import { rule as freeArguments } from "../kv_cache/free_arguments.ts";
import { rule as isolation } from "../kv_cache/isolation.ts";
import { rule as kvModel } from "../kv_cache/model.ts";
import { rule as optionSettings } from "../kv_cache/option_settings.ts";
import { rule as sequence } from "../kv_cache/sequence.ts";
import { rule as storageUsed } from "../kv_cache/storage_used.ts";
import { rule as trials } from "../kv_cache/trials.ts";
import { rule as complete } from "../shared/complete.ts";
import { rule as officialTool } from "../shared/official_tool.ts";
import { rule as storageVariables } from "../shared/storage_variables.ts";
import { rule as categories } from "../structure/categories.ts";
import { rule as checkpointConfig } from "../structure/checkpoint_config.ts";
import { rule as checkpointFiles } from "../structure/checkpoint_files.ts";
import { rule as checkpointModels } from "../structure/checkpoint_models.ts";
import { rule as codeImage } from "../structure/code_image.ts";
import { rule as codePointer } from "../structure/code_pointer.ts";
import { rule as datagenConfig } from "../structure/datagen_config.ts";
import { rule as datagenFiles } from "../structure/datagen_files.ts";
import { rule as describedSystems } from "../structure/described_systems.ts";
import { rule as dlioRevision } from "../structure/dlio_revision.ts";
import { rule as editionStamp } from "../structure/edition_stamp.ts";
import { rule as manifest } from "../structure/manifest.ts";
import { rule as organizationFolder } from "../structure/organization_folder.ts";
import { rule as organizationName } from "../structure/organization_name.ts";
import { rule as organizations } from "../structure/organizations.ts";
import { rule as provenance } from "../structure/provenance.ts";
import { rule as readable } from "../structure/readable.ts";
import { rule as runConfig } from "../structure/run_config.ts";
import { rule as runFiles } from "../structure/run_files.ts";
import { rule as singleHostSystem } from "../structure/single_host_system.ts";
import { rule as systemFiles } from "../structure/system_files.ts";
import { rule as systemHosts } from "../structure/system_hosts.ts";
import { rule as systemName } from "../structure/system_name.ts";
import { rule as toolLogs } from "../structure/tool_logs.ts";
import { rule as topLevel } from "../structure/top_level.ts";
import { rule as trainingModels } from "../structure/training_models.ts";
import { rule as accelerator } from "../training/accelerator.ts";
import { rule as auGoal } from "../training/au_goal.ts";
import { rule as trainingCaches } from "../training/caches.ts";
import { rule as closedParameters } from "../training/closed_parameters.ts";
import { rule as dataAccess } from "../training/data_access.ts";
import { rule as datagenCount } from "../training/datagen_count.ts";
import { rule as datasetSize } from "../training/dataset_size.ts";
import { rule as datasizeUsed } from "../training/datasize_used.ts";
import { rule as epochsInRun } from "../training/epochs_in_run.ts";
import { rule as equalShares } from "../training/equal_shares.ts";
import { rule as trainingFileSystems } from "../training/file_systems.ts";
import { rule as trainingFolders } from "../training/folders.ts";
import { rule as generatedSize } from "../training/generated_size.ts";
import { rule as likeHosts } from "../training/like_hosts.ts";
import { rule as matchesDatasize } from "../training/matches_datasize.ts";
import { rule as trainingModel } from "../training/model.ts";
import { rule as openParameters } from "../training/open_parameters.ts";
import { rule as phases } from "../training/phases.ts";
import { rule as trainingResults } from "../training/results_json.ts";
import { rule as runCount } from "../training/run_count.ts";
import { rule as runGaps } from "../training/run_gaps.ts";
import { rule as sameRuns } from "../training/same_runs.ts";
import { rule as singleHost } from "../training/single_host_accelerators.ts";
import { rule as vectorDimension } from "../vector/dimension.ts";
import { rule as vectorEngine } from "../vector/engine.ts";
import { rule as vectorFileSystems } from "../vector/file_systems.ts";
import { rule as vectorFolders } from "../vector/folders.ts";
import { rule as groundTruth } from "../vector/ground_truth.ts";
import { rule as indexType } from "../vector/index_type.ts";
import { rule as vectorMetrics } from "../vector/metrics.ts";
import { rule as objectBackend } from "../vector/object_backend.ts";
import { rule as vectorParameters } from "../vector/parameters.ts";
import { rule as populated } from "../vector/populated.ts";
import { rule as queries } from "../vector/queries.ts";
import { rule as recall } from "../vector/recall.ts";
import { rule as vectorRunCount } from "../vector/run_count.ts";
import { rule as sameIndex } from "../vector/same_index.ts";
import { rule as vectorScale } from "../vector/scale.ts";
import { LIMITS_3_0 } from "./limits_3_0.ts";

/** The edition. */
export const EDITION_3_0: Edition = {
  name: "3.0",
  limits: LIMITS_3_0,
  rules: {
    tree: [readable, topLevel, organizations, codeImage],
    organization: [
      organizationName,
      organizationFolder,
      systemFiles,
      describedSystems,
      manifest,
    ],
    system: [
      categories,
      trainingModels,
      checkpointModels,
      systemName,
      systemHosts,
      singleHostSystem,
    ],
    leaf: [
      codePointer,
      provenance,
      editionStamp,
      dlioRevision,
      datagenFiles,
      datagenConfig,
      runFiles,
      runConfig,
      checkpointFiles,
      checkpointConfig,
      toolLogs,
    ],
    trainingModel: [
      phases,
      datagenCount,
      trainingResults,
      datasizeUsed,
      generatedSize,
      matchesDatasize,
    ],
    trainingSeries: [runCount, runGaps, sameRuns],
    trainingRun: [
      officialTool,
      storageVariables,
      complete,
      trainingModel,
      accelerator,
      datasetSize,
      auGoal,
      epochsInRun,
      trainingCaches,
      singleHost,
      dataAccess,
      equalShares,
      likeHosts,
      trainingFolders,
      trainingFileSystems,
      closedParameters,
      openParameters,
    ],
    checkpointModel: [checkpointResults],
    checkpointSeries: [
      invocationCount,
      operations,
      invocationGap,
      sameInvocations,
      checkpointCaches,
      totalTime,
      remapping,
      sharedAccess,
    ],
    checkpointRun: [
      officialTool,
      storageVariables,
      complete,
      checkpointModel,
      fsync,
      checkpointMemory,
      subset,
      checkpointFolders,
      checkpointFileSystems,
      closedProcesses,
      processesPerHost,
      checkpointParameters,
      openProcesses,
    ],
    vector: [
      indexType,
      vectorEngine,
      vectorRunCount,
      vectorScale,
      vectorDimension,
      populated,
      sameIndex,
      recall,
      queries,
      vectorMetrics,
      groundTruth,
      vectorFolders,
      vectorFileSystems,
      objectBackend,
      vectorParameters,
    ],
    kvCache: [
      kvModel,
      optionSettings,
      sequence,
      autoscaling,
      trials,
      clients,
      isolation,
      aggregates,
      storageUsed,
      kvFileSystems,
      freeArguments,
    ],
  },
};
