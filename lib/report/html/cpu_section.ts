/**
 * Processors: what each kind of phase cost, and which threads took it.
 */
import { EMPTY_MARKUP, type Markup, markup } from "../../bytes/markup.ts";
import type { CpuTruth } from "../../metrics/cpu_truth.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import { measuredKinds } from "../../metrics/summary.ts";
import type { PageRun } from "./page_run.ts";
import { percentOf, threeDigits } from "./quantity_html.ts";
import { type Cell, tableHtml } from "./table_html.ts";

const MS_PER_SECOND = 1000;

/** The section; nothing where nobody tells. */
export function cpuSection({ summary }: PageRun): Markup {
  const kinds = measuredKinds(summary).filter(({ cpu }) =>
    cpu.seconds !== null
  );
  if (kinds.length === 0) return EMPTY_MARKUP;
  return markup`<section id="cpu" aria-labelledby="cpu-h">
<h2 id="cpu-h">Processors</h2>
${
    kinds.map(({ kind, cpu }) =>
      tableHtml({
        caption: `${PHASE_KINDS[kind].title}: ${roomText(cpu)}`,
        columns: [
          { head: "threads of", isText: true },
          { head: "threads" },
          { head: "processor time", unit: "s" },
          { head: "in the kernel", unit: "s" },
          { head: "waited for one", unit: "s" },
          { head: "per GB", unit: "s" },
          { head: "per sample", unit: "ms" },
        ],
        rows: rowsOf(cpu),
      })
    )
  }<p class="note">“other” is Stoker’s main thread and the threads of its runtime. Bytes and samples are those of all threads, so that the costs add up.</p></section>
`;
}

function roomText(cpu: CpuTruth): string {
  const { usedFraction, allowedCount, allowedSource } = cpu;
  const pressure = cpu.groupPressureFraction ?? cpu.pressureFraction;
  return [
    usedFraction === null
      ? "how many processors Stoker may use is not known"
      : `${threeDigits(percentOf(usedFraction))} % of ` +
        `${allowedCount} processors (${allowedSource})`,
    ...(cpu.hostBusyFraction === null ? [] : [
      `those of the host were busy ` +
      `${threeDigits(percentOf(cpu.hostBusyFraction))} %`,
    ]),
    ...(pressure === null ? [] : [
      `threads waited for one ${
        threeDigits(percentOf(pressure))
      } % of the time`,
    ]),
  ].join("; ");
}

function rowsOf(cpu: CpuTruth): Cell[][] {
  const perSample = (seconds: number | null) =>
    seconds === null ? null : MS_PER_SECOND * seconds;
  return [
    ...cpu.roles.map((role): Cell[] => [
      role.role,
      role.threadCount === 0 ? "" : String(role.threadCount),
      role.seconds,
      role.systemSeconds,
      role.waitSeconds,
      role.secondsPerGb,
      perSample(role.secondsPerSample),
    ]),
    [
      "all",
      "",
      cpu.seconds,
      cpu.systemSeconds,
      null,
      cpu.secondsPerGb,
      perSample(cpu.secondsPerSample),
    ],
  ];
}
