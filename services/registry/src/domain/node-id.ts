/** Makes the id of a node: `mi-` and 17 hexadecimal digits. */
export function newNodeId(random: (bytes: number) => Uint8Array): string {
  return `mi-${Buffer.from(random(9)).toString('hex').slice(0, 17)}`;
}

/** Whether a text can be the id of a node. */
export function isNodeId(text: string): boolean {
  return /^mi-[0-9a-f]{17}$/.test(text);
}
