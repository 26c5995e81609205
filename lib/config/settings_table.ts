/**
 * The schema for people: a Markdown table of all settings.
 */
import { SETTING_ROWS } from "./setting_rows.ts";

/** The settings as a Markdown table: key, default, what it does. */
export function settingsTable(): string {
  const lines = [...SETTING_ROWS.values()].map((row) => {
    const fallback = row.hasDefault ? JSON.stringify(row.fallback) : "–";
    return `| \`${row.key}\` | \`${fallback}\` | ${escapeCell(row.help)} |\n`;
  });
  return "| setting | default | what it does |\n|---|---|---|\n" +
    lines.join("");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
