/** Sections of an AWS configuration file, and their settings. */
export type IniFile = Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

/** Parses an AWS configuration file. Nested settings (indented, below an empty one) are not read. */
export function parseIni(text: string): IniFile {
  const file: Record<string, Record<string, string>> = Object.create(null) as Record<string, Record<string, string>>;
  let section: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[\s*([^\]]+?)\s*\]/.exec(line);
    if (header) {
      section = file[header[1]!.replace(/\s+/g, ' ')] ??= {};
      continue;
    }
    const setting = /^(\S[^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (setting && section) section[setting[1]!.toLowerCase()] = setting[2]!.replace(/\s+[#;].*$/, '');
  }
  return file;
}
