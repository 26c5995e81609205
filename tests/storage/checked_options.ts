/**
 * Options of a kind of storage as the configuration hands them on: spellings
 * read, wrong ones refused.
 */
import {
  optionsOfKind,
  spelledOption,
} from "../../lib/config/option_settings.ts";
import { STORAGE_KINDS } from "../../lib/storage/kinds.ts";

/** @throws {Error} If the kind has no such option or a value is wrong. */
export function checkedOptions(
  kindName: string,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kind = STORAGE_KINDS[kindName];
  if (kind === undefined) throw new Error(`no storage is called ${kindName}`);
  const settings = optionsOfKind(kind);
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const setting = settings.get(name);
      if (setting === undefined) throw new Error(`${kindName} has no ${name}`);
      const spelled = spelledOption(setting.option, value);
      return [name, spelled === null ? null : setting.schema.parse(spelled)];
    }),
  );
}
