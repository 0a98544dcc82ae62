/** Takes server-sent events out of what arrives, piece by piece: the data of each, comments left out. */
export class ServerSentEvents {
  private rest = '';

  /** @returns the data of the events that are complete now */
  take(text: string): string[] {
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    return blocks.flatMap((block) => {
      const data = block.split('\n').filter((line) => line.startsWith('data:'));
      return data.length === 0 ? [] : [data.map((line) => line.slice('data:'.length).trimStart()).join('\n')];
    });
  }
}
