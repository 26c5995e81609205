/**
 * A submission tree in the field's layout, judged from the top to the runs.
 */
import type { Edition } from "../edition.ts";
import type { RunFacts } from "../facts/run_facts.ts";
import type { LeafFacts } from "../facts/leaf.ts";
import type { Division, Finding } from "../finding.ts";
import { applyRules, type Rule } from "../rule.ts";
import { TIMESTAMP_REGEXP } from "../shared/names.ts";
import type { OwnResult } from "../validation.ts";
import { nameOf } from "../values.ts";
import { poolsOf, readCodeImages } from "./code_images.ts";
import type { FileTree, Folder } from "./file_tree.ts";
import { readKvCache } from "./kv_cache_reader.ts";
import { readLeaf, readPhaseRun } from "./leaf_reader.ts";
import { sortedByTime } from "./run_folders.ts";
import { readRun } from "./run_reader.ts";
import {
  type DescribedSystem,
  readDescription,
  readManifest,
} from "./system_reader.ts";
import { indexFolders, readIndex, timestamps } from "./vector_reader.ts";

/** Whether a tree has the layout of a submission. */
export function isSubmissionTree(tree: FileTree): boolean {
  return divisionsOf(tree).length > 0;
}

/** Folders of divisions by their names; 2.1.2 speaks of other spellings. */
function divisionsOf(tree: FileTree): [string, Division][] {
  return [...tree.root.folders.keys()].flatMap((name) => {
    const division = name.toLowerCase();
    return division === "closed" || division === "open"
      ? [[name, division] as [string, Division]]
      : [];
  });
}

/** Judges it. */
export async function judgeSubmission(
  tree: FileTree,
  edition: Edition,
): Promise<OwnResult[]> {
  const visit = new SubmissionVisit(tree, edition);
  return await visit.run();
}

/** A system on the visit. */
interface SystemVisit {
  readonly where: string;
  readonly division: Division;
  readonly described: DescribedSystem | null;
  /** Runs of it, as they are read. */
  readonly runs: RunFacts[];
  /** Results of it, in their order. */
  readonly results: OwnResult[];
}

class SubmissionVisit {
  readonly #tree: FileTree;
  readonly #edition: Edition;
  /** Names of code images, wherever they are. */
  readonly #codeImages: string[];
  /** Leaves and their editions of the organization that is visited. */
  #leaves: string[] = [];
  #leafEditions: string[] = [];

  constructor(tree: FileTree, edition: Edition) {
    this.#tree = tree;
    this.#edition = edition;
    this.#codeImages = poolsOf(tree).flatMap(
      (pool) => [...tree.folder(pool).folders.keys()],
    );
  }

  async run(): Promise<OwnResult[]> {
    const tree = this.#tree;
    const divisions = divisionsOf(tree);
    const codeImages = await readCodeImages(tree);
    const parts: OwnResult[] = [];
    for (const [name, division] of divisions) {
      for (const organization of tree.folder(name).folders.keys()) {
        parts.push(
          ...await this.#organization(`${name}/${organization}`, division),
        );
      }
    }
    const { rules } = this.#edition;
    // Last, as reading tells what cannot be read.
    const findings = applyRules(rules.tree, {
      where: ".",
      division: null,
      entries: namesOf(tree.root),
      pools: poolsOf(tree),
      organizations: Object.fromEntries(
        divisions.map(([name]) => [
          name,
          [...tree.folder(name).folders.keys()],
        ]),
      ),
      codeImages,
      unread: tree.unread,
    }, this.#edition);
    return [result("tree", ".", null, findings), ...parts];
  }

  async #organization(
    where: string,
    division: Division,
  ): Promise<OwnResult[]> {
    const tree = this.#tree;
    const folder = tree.folder(where);
    const systems = [...tree.folder(`${where}/results`).folders.keys()];
    this.#leaves = [];
    this.#leafEditions = [];
    const parts: OwnResult[] = [];
    for (const system of systems) {
      parts.push(...await this.#system(where, system, division));
    }
    const manifest = await readManifest(tree, `${where}/submission.yaml`);
    const findings = applyRules(this.#edition.rules.organization, {
      where,
      division,
      name: where.slice(where.lastIndexOf("/") + 1),
      entries: namesOf(folder),
      systemFiles: namesOf(tree.folder(`${where}/systems`)),
      systems,
      manifest,
      leaves: this.#leaves.map((leaf) => leaf.slice(where.length + 1)),
      leafEditions: this.#leafEditions,
    }, this.#edition);
    return [result("organization", where, division, findings), ...parts];
  }

  async #system(
    organization: string,
    name: string,
    division: Division,
  ): Promise<OwnResult[]> {
    const tree = this.#tree;
    const where = `${organization}/results/${name}`;
    const described = await readDescription(
      tree,
      `${organization}/systems/${name}.yaml`,
    );
    const visit: SystemVisit = {
      where,
      division,
      described,
      runs: [],
      results: [],
    };
    await this.#training(visit);
    await this.#checkpointing(visit);
    await this.#vector(visit);
    await this.#kvCache(visit);
    const folders = (category: string) => [
      ...tree.folder(`${where}/${category}`).folders.keys(),
    ];
    const findings = applyRules(this.#edition.rules.system, {
      where,
      division,
      name,
      categories: namesOf(tree.folder(where)),
      trainingModels: folders("training"),
      checkpointModels: folders("checkpointing"),
      description: described?.description ?? null,
      runs: visit.runs,
    }, this.#edition);
    return [result("system", where, division, findings), ...visit.results];
  }

  async #training(visit: SystemVisit): Promise<void> {
    const tree = this.#tree;
    const { division } = visit;
    const { rules } = this.#edition;
    const family = "training";
    const category = `${visit.where}/${family}`;
    for (const [name, folder] of tree.folder(category).folders) {
      const where = `${category}/${name}`;
      const model = nameOf(name);
      const results: OwnResult[] = [];
      const phase = async (phase: string) => {
        const paths = timestamps(tree, `${where}/${phase}`);
        for (const path of paths) {
          const leaf = await this.#leaf(path, division, family, phase);
          if (phase === "run") continue;
          results.push(result("run", path, division, leaf, family, model));
        }
        return await Promise.all(
          phase === "run" ? [] : paths.map((path) => readPhaseRun(tree, path)),
        );
      };
      const datasizes = await phase("datasize");
      const datagens = await phase("datagen");
      const runs = await this.#judgedRuns(
        timestamps(tree, `${where}/run`),
        visit,
        {
          family,
          model,
          rules: rules.trainingRun,
          results,
        },
      );
      const series = { where, division, model, runs, sharing: null };
      const findings = [
        ...applyRules(rules.trainingModel, {
          ...series,
          entries: namesOf(folder),
          runEntries: namesOf(tree.folder(`${where}/run`)),
          datasizes,
          datagens,
          datagenEntries: namesOf(tree.folder(`${where}/datagen`))
            .filter((each) => !TIMESTAMP_REGEXP.test(each)),
        }, this.#edition),
        ...folder.folders.has("run")
          ? applyRules(rules.trainingSeries, series, this.#edition)
          : [],
      ];
      visit.results.push(
        result("series", where, division, findings, family, model),
        ...results,
      );
    }
  }

  /** Reads the runs of a model, in the order of time, and judges each. */
  async #judgedRuns(
    paths: readonly string[],
    visit: SystemVisit,
    { family, model, rules, results }: {
      readonly family: string;
      readonly model: string | null;
      readonly rules: readonly Rule<RunFacts>[];
      /** Receives one for each run. */
      readonly results: OwnResult[];
    },
  ): Promise<readonly RunFacts[]> {
    const { division } = visit;
    const runs = sortedByTime(await this.#runs(paths, visit, model));
    for (const run of runs) {
      const leaf = await this.#leaf(run.where, division, family, "run");
      const findings = [...leaf, ...applyRules(rules, run, this.#edition)];
      results.push(
        result("run", run.where, division, findings, family, model),
      );
    }
    return runs;
  }

  async #checkpointing(visit: SystemVisit): Promise<void> {
    const tree = this.#tree;
    const { division } = visit;
    const { rules } = this.#edition;
    const family = "checkpointing";
    const category = `${visit.where}/${family}`;
    for (const [name, folder] of tree.folder(category).folders) {
      const where = `${category}/${name}`;
      const model = nameOf(name);
      const results: OwnResult[] = [];
      const runs = await this.#judgedRuns(timestamps(tree, where), visit, {
        family,
        model,
        rules: rules.checkpointRun,
        results,
      });
      const series = {
        where,
        division,
        model,
        runs,
        sharing: visit.described?.sharing ?? null,
      };
      const findings = [
        ...applyRules(rules.checkpointModel, {
          ...series,
          entries: namesOf(folder),
        }, this.#edition),
        ...applyRules(rules.checkpointSeries, series, this.#edition),
      ];
      visit.results.push(
        result("series", where, division, findings, family, model),
        ...results,
      );
    }
  }

  async #vector(visit: SystemVisit): Promise<void> {
    const tree = this.#tree;
    const { division } = visit;
    const family = "vector_database";
    for (const found of indexFolders(tree, `${visit.where}/${family}`)) {
      const facts = await readIndex(tree, {
        ...found,
        division,
        benchmarkApi: visit.described?.description.benchmarkApi ?? null,
      });
      const results: OwnResult[] = [];
      for (const phase of ["datagen", "run"]) {
        for (const path of timestamps(tree, `${found.where}/${phase}`)) {
          const leaf = await this.#leaf(path, division, family, phase);
          results.push(
            result("run", path, division, leaf, family, found.index),
          );
        }
      }
      const findings = applyRules(
        this.#edition.rules.vector,
        facts,
        this.#edition,
      );
      visit.results.push(
        result("series", found.where, division, findings, family, found.index),
        ...results,
      );
    }
  }

  async #kvCache(visit: SystemVisit): Promise<void> {
    const tree = this.#tree;
    const { division } = visit;
    const family = "kv_cache";
    const category = `${visit.where}/${family}`;
    for (const model of tree.folder(category).folders.keys()) {
      for (const where of timestamps(tree, `${category}/${model}/run`)) {
        const facts = await readKvCache(tree, { where, division, model });
        const findings = [
          ...await this.#leaf(where, division, family, "run"),
          ...applyRules(this.#edition.rules.kvCache, facts, this.#edition),
        ];
        visit.results.push(
          result("run", where, division, findings, family, model),
        );
      }
    }
  }

  async #runs(
    paths: readonly string[],
    { division, runs }: SystemVisit,
    model: string | null,
  ): Promise<RunFacts[]> {
    const read: RunFacts[] = [];
    for (const path of paths) {
      read.push(await readRun(this.#tree, { path, division, model }));
    }
    runs.push(...read);
    return read;
  }

  /** Findings on the folder of an invocation. */
  async #leaf(
    where: string,
    division: Division,
    family: string,
    phase: string,
  ): Promise<Finding[]> {
    const leaf: LeafFacts = await readLeaf(this.#tree, {
      where,
      division,
      family,
      phase,
      codeImages: this.#codeImages,
    });
    this.#leaves.push(where);
    const edition = leaf.provenance?.rulesEdition ?? null;
    if (edition !== null && edition !== "unknown") {
      this.#leafEditions.push(edition);
    }
    return applyRules(this.#edition.rules.leaf, leaf, this.#edition);
  }
}

function namesOf({ folders, files, others }: Folder): string[] {
  return [...folders.keys(), ...files, ...others].sort();
}

function result(
  kind: OwnResult["kind"],
  where: string,
  division: Division | null,
  findings: readonly Finding[],
  family: string | null = null,
  model: string | null = null,
): OwnResult {
  return { kind, where, division, family, model, findings };
}
