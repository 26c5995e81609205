/**
 * The schema for editors: JSON Schema of a workload file, in the spellings
 * that a file may have.
 */
import { z } from "zod";
import { DISTRIBUTION_KEYS, STDEV_SUFFIX } from "./distribution.ts";
import { ALL_OPTIONS, type SharedOption } from "./option_settings.ts";
import { workloadSchema } from "./schema.ts";

/** The metadata of a row wins over what zod derives. */
const DERIVED_KEYWORDS = ["type", "minimum", "maximum", "enum", "items"];

/**
 * JSON Schema (draft 2020-12) of a workload file, every key optional.
 */
export function workloadJsonSchema(): Record<string, unknown> {
  const schema = jsonOf(workloadSchema);
  const properties = schema.properties as Record<string, unknown>;
  addStdevKeys(properties);
  addStorageOptions(properties);
  properties.data_reader = properties.reader;
  return { ...schema, title: "Stoker workload" };
}

function jsonOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const json = jsonSchema as Record<string, unknown>;
      delete json.required;
      if (zodSchema instanceof z.ZodType) describe(zodSchema, json);
    },
  }) as Record<string, unknown>;
}

/**
 * The options of all kinds of storage; those of one name that kinds say
 * different things of are alternatives.
 */
function addStorageOptions(sections: Record<string, unknown>): void {
  const byName = Map.groupBy(ALL_OPTIONS, ({ name }) => name);
  const properties = Object.fromEntries(
    [...byName].map(([name, options]) => {
      const alternatives = options.map(optionJson);
      return [
        name,
        alternatives.length === 1 ? alternatives[0] : { anyOf: alternatives },
      ];
    }),
  );
  const { properties: ofStorage } = sections.storage as {
    readonly properties: Record<string, Record<string, unknown>>;
  };
  const { description } = ofStorage.storage_options ?? {};
  ofStorage.storage_options = {
    description,
    default: null,
    anyOf: [
      { type: "object", properties, additionalProperties: false },
      { type: "null" },
    ],
  };
}

function optionJson({ kinds, setting }: SharedOption): unknown {
  const { $schema: _, ...json } = jsonOf(setting.schema);
  const description = `${setting.help} (storage_type ${kinds.join(", ")})`;
  return { ...json, description };
}

/** A file may give the standard deviation beside the distribution. */
function addStdevKeys(sections: Record<string, unknown>): void {
  for (const key of DISTRIBUTION_KEYS) {
    const [section, name] = key.split(".") as [string, string];
    const { properties } = sections[section] as {
      readonly properties: Record<string, unknown>;
    };
    properties[`${name}${STDEV_SUFFIX}`] = {
      type: "number",
      minimum: 0,
      description: `Standard deviation of ${name} (s)`,
    };
  }
}

/** Brings a row's own words and default into its JSON Schema. */
function describe(schema: z.ZodType, json: Record<string, unknown>): void {
  const meta = schema.meta();
  if (meta?.anyOf !== undefined) {
    for (const keyword of DERIVED_KEYWORDS) delete json[keyword];
    json.anyOf = meta.anyOf;
  } else if (Array.isArray(meta?.type)) {
    delete json.anyOf;
  } else if (Array.isArray(meta?.enum) && meta.enum.some(isNotText)) {
    delete json.type;
  }
  if (schema instanceof z.ZodDefault && json.default === undefined) {
    json.default = schema.def.defaultValue;
  }
}

function isNotText(value: unknown): boolean {
  return typeof value !== "string";
}
