/**
 * Stoker's entry: the command line goes to `lib/cli/dispatch.ts`, its answer
 * becomes the exit status.
 */
import { main } from "./lib/cli/dispatch.ts";

if (import.meta.main) Deno.exit(await main());
