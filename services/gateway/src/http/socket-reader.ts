import type { ServerResponse } from 'node:http';

import type { StreamReader } from '../streams/open-stream.js';

const MOST_FOR_END_MS = 2_000;

/** Who reads a stream over HTTP: the answer that does not end. */
export class SocketReader implements StreamReader {
  constructor(private readonly response: ServerResponse) {}

  write(text: string): number {
    if (!this.response.destroyed) this.response.write(text);
    // Its own buffer, and the socket's.
    return this.response.writableLength + (this.response.socket?.writableLength ?? 0);
  }

  end(): void {
    this.response.end();
    // Who does not read its end must not keep a gateway that stops.
    const patience = setTimeout(() => this.response.destroy(), MOST_FOR_END_MS).unref();
    this.response.once('close', () => clearTimeout(patience));
  }

  cut(): void {
    this.response.destroy();
  }

  onClose(listener: () => void): void {
    this.response.once('close', listener);
    if (this.response.destroyed) listener();
  }
}
