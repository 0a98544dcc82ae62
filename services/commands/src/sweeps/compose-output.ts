import { Sweeps, type Sweeping } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { ChecksumMismatch, objectKey, ObjectStore } from '@muster/objects';
import { Database, UnitOfWork } from '@muster/persistence';
import { log } from '@muster/telemetry';
import { Inject, Injectable } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';
import { type EndedStream, Outputs, type OutputState } from '../store/outputs.js';

const MOST = 20;
const LOOK_AGAIN_MS = 5_000;

/**
 * Makes one object of a long output when all its parts are there, checked against the hash in the node's report. Killed in
 * between it does it again: same key, same content, and the parts go only with the row that names the object.
 */
@Sweeps({ everyMs: 1_000, lock: 'commands.compose-output' })
@Injectable()
export class ComposeOutput implements Sweeping {
  private readonly logger = log('commands.output');

  constructor(
    private readonly outputs: Outputs,
    private readonly objects: ObjectStore,
    private readonly database: Database,
    private readonly work: UnitOfWork,
    @Inject(CONFIG) private readonly config: CommandsConfig,
  ) {}

  async sweep(): Promise<number> {
    const ended = await this.outputs.ended(this.database, MOST, this.config.outputGapMs);
    let closed = 0;
    for (const stream of ended) closed += (await this.close(stream)) ? 1 : 0;
    return closed;
  }

  private async close(stream: EndedStream): Promise<boolean> {
    const { length, headLength } = stream;
    if (length !== null && headLength !== null && length <= headLength) {
      // The head in the report is all of it.
      await this.work.run((tx) => this.outputs.close(tx, stream, 'short'));
      return true;
    }
    const reach = await this.outputs.reach(this.database, stream);
    if (length !== null && reach >= length) {
      await this.store(stream, length);
      return true;
    }
    if (stream.late) {
      this.logger.warn({ ...named(stream), length, reach }, 'parts of an output never came');
      await this.put(stream, reach, 'incomplete');
      return true;
    }
    await this.outputs.postpone(this.database, stream, LOOK_AGAIN_MS);
    return false;
  }

  private async store(stream: EndedStream, length: number): Promise<void> {
    try {
      await this.put(stream, length, 'whole', stream.sha256!.toString('hex'));
    } catch (error) {
      if (!(error instanceof ChecksumMismatch)) throw error;
      this.logger.warn({ err: error, ...named(stream) }, 'an output is not what its node reported');
      await this.put(stream, length, 'damaged');
    }
  }

  private async put(stream: EndedStream, length: number, state: OutputState, sha256?: string): Promise<void> {
    const key = objectKey(stream, 'command-output', stream.commandId, stream.nodeId, stream.step, stream.stream);
    await this.objects.put(key, this.outputs.read(this.database, stream, length), sha256 ? { sha256 } : {});
    await this.work.run((tx) => this.outputs.close(tx, stream, state, { key, length }));
  }
}

function named({ invocationId, nodeId, step, stream }: EndedStream) {
  return { invocationId, nodeId, step, stream };
}
