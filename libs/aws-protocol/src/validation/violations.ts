/** More are not collected: an answer must stay far below what the bus carries. */
const most = 100;

/** The violations that one input holds, and AWS's message about them. */
export class Violations {
  private readonly found: string[] = [];

  get count(): number {
    return this.found.length;
  }

  add(shownValue: string, path: string, rule: string): void {
    if (this.found.length < most) this.found.push(`${shownValue} at '${path}' failed to satisfy constraint: ${rule}`);
  }

  message(): string {
    const { count } = this;
    return `${count} validation error${count === 1 ? '' : 's'} detected: ${this.found.join('; ')}`;
  }
}
