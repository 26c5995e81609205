/**
 * Compares Stoker with DLIO and S3 clients from PyPI: same files, same run,
 * same machine.
 *
 *    deno task peers [au] [checkpoints] [command-line] [exchange] [processes]
 *                    [s3] [throughput]
 *
 * Needs python3 and PyPI once, for an environment with DLIO (4 GB, kept in
 * ~/.cache/stoker/peers-venv or where STOKER_PEERS_VENV says). "s3" also
 * needs Go once, for versitygw. Prints, for each question, the commands and a
 * table. Takes some fifteen minutes.
 *
 * STOKER_DLIO_SOURCE, a folder with a `dlio_benchmark` package, adds a newer
 * DLIO than PyPI's to the question "checkpoints".
 */
import { checkpoints } from "./peers/checkpoints.ts";
import { commandLine } from "./peers/command_line.ts";
import { makeTrainingEnvironment } from "./peers/dlio_venv.ts";
import { exchange } from "./peers/exchange.ts";
import { processes } from "./peers/processes.ts";
import type { Answer, Question } from "./peers/question.ts";
import { s3 } from "./peers/s3.ts";
import { throughput } from "./peers/throughput.ts";
import { dlioTool, stokerTool } from "./peers/tool.ts";
import { utilization } from "./peers/utilization.ts";
import { printLine, printProblem } from "./terminal.ts";

const QUESTIONS: readonly Question[] = [
  utilization,
  processes,
  throughput,
  commandLine,
  exchange,
  checkpoints,
  s3,
];

const ids = QUESTIONS.map((question) => question.id);
const unknown = Deno.args.filter((arg) => !ids.includes(arg));
if (unknown.length > 0) {
  printProblem(
    `Cannot compare ${unknown.join(", ")}: questions are ${ids.join(", ")}`,
  );
  Deno.exit(2);
}
const chosen = QUESTIONS.filter(({ id }) =>
  Deno.args.length === 0 || Deno.args.includes(id)
);

const python = await makeTrainingEnvironment();
const folder = await Deno.makeTempDir({ prefix: "stoker_peers_" });
try {
  const stoker = stokerTool(folder);
  const dlio = dlioTool(folder, python);
  for (const { id, title, answer } of chosen) {
    // Tools work in the folder above, where both make "checkpoints".
    const questionFolder = `${folder}/of_${id}`;
    await Deno.mkdir(questionFolder);
    const startMs = performance.now();
    const answered = await answer({
      folder: questionFolder,
      stoker,
      dlio,
      python,
    });
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    printLine(`== ${title} (${seconds} s)\n`);
    printAnswer(answered);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

function printAnswer({ commands, table, notes }: Answer): void {
  for (const command of commands) printLine(`$ ${command}`);
  printLine("");
  const widths = table[0]!.map((_, column) =>
    Math.max(...table.map((row) => row[column]!.length))
  );
  for (const row of table) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column]!));
    printLine(cells.join("  ").trimEnd());
  }
  printLine("");
  for (const note of notes) printLine(`${note}.`);
  printLine("");
}
