/** A line of two texts laid upon each other. */
export interface DiffLine {
  readonly Mark: 'Same' | 'Removed' | 'Added';
  readonly Text: string;
}

/** Cells of the table below at most, about 8 MB: two values of 8 KB with a line for each third byte still fit. */
const MOST_CELLS = 8_000_000;

/**
 * Lays two lists of lines upon each other, with as many lines in common as there can be. Two that are very long and have
 * nothing in common at their ends are shown one after the other.
 */
export function lineDiff(from: readonly string[], to: readonly string[]): DiffLine[] {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < shorter - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;

  return [
    ...from.slice(0, head).map((text) => line('Same', text)),
    ...middle(from.slice(head, from.length - tail), to.slice(head, to.length - tail)),
    ...from.slice(from.length - tail).map((text) => line('Same', text)),
  ];
}

function middle(from: readonly string[], to: readonly string[]): DiffLine[] {
  if (from.length * to.length > MOST_CELLS) return [...all('Removed', from), ...all('Added', to)];

  const common = commonLengths(from, to);
  const width = to.length + 1;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length && j < to.length) {
    if (from[i] === to[j]) {
      lines.push(line('Same', from[i]!));
      i++;
      j++;
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) {
      lines.push(line('Removed', from[i++]!));
    } else {
      lines.push(line('Added', to[j++]!));
    }
  }
  return [...lines, ...all('Removed', from.slice(i)), ...all('Added', to.slice(j))];
}

/** For each pair of places, how many lines what begins there has in common. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint16Array {
  const width = to.length + 1;
  const common = new Uint16Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      const below = (i + 1) * width + j;
      common[i * width + j] =
        from[i] === to[j] ? common[below + 1]! + 1 : Math.max(common[below]!, common[i * width + j + 1]!);
    }
  }
  return common;
}

function all(mark: DiffLine['Mark'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => line(mark, text));
}

function line(Mark: DiffLine['Mark'], Text: string): DiffLine {
  return { Mark, Text };
}
