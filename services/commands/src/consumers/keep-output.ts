import { toBinary } from '@bufbuild/protobuf';
import { Consumes, type ConsumesFleet, type FleetMessage } from '@muster/bus';
import { CONFIG } from '@muster/config';
import { OutputChunk_Stream as Stream, OutputChunkSchema, subjects } from '@muster/contracts';
import type { Tx } from '@muster/persistence';
import { Inject } from '@nestjs/common';

import type { CommandsConfig } from '../config.js';
import { isUuid } from '../domain/uuid.js';
import { ForeignMessages } from '../store/foreign-messages.js';
import { type Chunk, type OutputOwner, Outputs } from '../store/outputs.js';

type Message = FleetMessage<typeof OutputChunkSchema>;

const DURABLE = 'commands-keep-output';

/** Parts of output that is longer than the head in the final report: kept by position until all are there. */
@Consumes({ topic: 'output', schema: OutputChunkSchema }, { durable: DURABLE, batch: 100 })
export class KeepOutput implements ConsumesFleet<typeof OutputChunkSchema> {
  constructor(
    private readonly outputs: Outputs,
    private readonly foreign: ForeignMessages,
    @Inject(CONFIG) private readonly config: CommandsConfig,
  ) {}

  async handle(messages: readonly Message[], tx: Tx): Promise<void> {
    const ids = [...new Set(messages.map(({ message }) => message.invocationId).filter(isUuid))];
    const owners = await this.outputs.owners(tx, ids);
    await this.foreign.keep(
      tx,
      messages
        .filter(({ nodeId, message }) => (owners.get(message.invocationId)?.nodeId ?? nodeId) !== nodeId)
        .map(({ nodeId, sequence, message }) => ({
          durable: DURABLE,
          subject: subjects.fleet(nodeId, 'output'),
          sequence,
          body: toBinary(OutputChunkSchema, message),
          reason: `invocation ${message.invocationId} belongs to another node`,
        })),
    );
    const chunks = messages.flatMap((each) =>
      chunkOf(each, owners.get(each.message.invocationId), this.config.outputLimitBytes),
    );
    await this.outputs.keep(tx, chunks, this.config.outputLimitBytes);
  }
}

const streams = { [Stream.STDOUT]: 'stdout', [Stream.STDERR]: 'stderr', [Stream.UNSPECIFIED]: undefined } as const;

/** A part that fits: of this node's invocation, of a step of its document, within the limit. */
function chunkOf({ nodeId, message }: Message, owner: OutputOwner | undefined, limitBytes: number): Chunk[] {
  const stream = streams[message.stream];
  const position = Number(message.offset);
  if (owner?.nodeId !== nodeId || !stream || !owner.stepNames.includes(message.step)) return [];
  if (position < 0 || message.data.length === 0 || position + message.data.length > limitBytes) return [];
  return [{ invocationId: owner.id, step: message.step, stream, position, data: message.data }];
}
