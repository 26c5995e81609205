/**
 * The schema for people: a Markdown table of all settings.
 */
import { ALL_OPTIONS, OPTIONS_KEY } from "./option_settings.ts";
import { SETTING_ROWS, type SettingRow } from "./setting_rows.ts";

/** The settings as a Markdown table: key, default, what it does. */
export function settingsTable(): string {
  const lines = [...SETTING_ROWS.values()].flatMap((row) =>
    row.key === OPTIONS_KEY ? [lineOf(row), ...optionLines()] : [lineOf(row)]
  );
  return "| setting | default | what it does |\n|---|---|---|\n" +
    lines.join("");
}

function lineOf({ key, hasDefault, fallback, help }: SettingRow): string {
  const shown = hasDefault ? JSON.stringify(fallback) : "–";
  return `| \`${key}\` | \`${shown}\` | ${escapeCell(help)} |\n`;
}

function optionLines(): string[] {
  return ALL_OPTIONS.map(({ kinds, setting }) => {
    const help = `${setting.help} (${kinds.join(", ")})`;
    return lineOf({ ...setting, hasDefault: true, help });
  });
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
