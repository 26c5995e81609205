/**
 * The gate before a commit: everything that must be true of the source.
 *
 *    deno task ok                    all of it
 *    deno task ok --without-tests    what needs no test run
 */
import { runSteps, type Step } from "./step.ts";
import { printLine } from "./terminal.ts";

const STEPS: readonly Step[] = [
  { title: "format", args: ["fmt", "--check"] },
  { title: "lint", args: ["lint"] },
  { title: "types", args: ["check", "."] },
  {
    title: "generated files",
    args: ["run", "--allow-all", "scripts/build_wasm.ts", "--check"],
  },
  {
    title: "generated scripts of pages",
    args: ["run", "--allow-all", "scripts/build_page.ts", "--check"],
  },
];

const TEST_STEPS: readonly Step[] = [
  { title: "tests, the house rules among them", args: ["task", "test"] },
];

const withoutTests = Deno.args.includes("--without-tests");
const failedCount = await runSteps(
  withoutTests ? STEPS : [...STEPS, ...TEST_STEPS],
);
printLine(failedCount === 0 ? "ok" : `${failedCount} steps failed`);
Deno.exit(failedCount === 0 ? 0 : 1);
