import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root } from './stack.js';

/** One command of the README and what it is said to print. */
export interface Step {
  readonly command: string;
  readonly expected: string;
}

/** The commands of the README's `console` blocks below a heading, in order. */
export function transcript(heading: string): Step[] {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const start = readme.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`the README has no heading "${heading}"`);
  const next = readme.indexOf('\n## ', start + 1);
  const section = readme.slice(start, next < 0 ? undefined : next);
  return [...section.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block]) => steps(block!));
}

function steps(block: string): Step[] {
  const found: { command: string; expected: string }[] = [];
  let continued = false;
  for (const line of block.split('\n')) {
    const last = found.at(-1);
    if (line.startsWith('$ ')) found.push({ command: line.slice(2), expected: '' });
    else if (continued && last) last.command += `\n${line.replace(/^> ?/, '')}`;
    else if (last) last.expected += `${line}\n`;
    continued = (continued || line.startsWith('$ ')) && line.endsWith('\\');
  }
  return found;
}

/** Whether an output is what the README shows: `…` there stands for anything, blanks are blanks. */
export function shows(expected: string, output: string): boolean {
  const words = (text: string): string => text.trim().replace(/\s+/g, ' ');
  const pattern = words(expected)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*?');
  return new RegExp(`^${pattern}$`).test(words(output));
}
