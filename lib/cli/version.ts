/**
 * Which Stoker this is: `deno.json` is the only place that says so.
 */
import project from "../../deno.json" with { type: "json" };

/** Stoker's version, such as "0.1.0". */
export const STOKER_VERSION: string = project.version;
