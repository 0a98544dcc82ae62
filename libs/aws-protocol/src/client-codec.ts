import { compileJsonReaders } from './codec/json-reader.js';
import { compileJsonWriters } from './codec/json-writer.js';
import type { OperationModel } from './service-model.js';
import { fromUtf8, utf8 } from './text.js';

/** The other side of an operation: what a client sends and reads. */
export interface ClientCodec {
  /** X-Amz-Target */
  readonly target: string;
  encodeInput(input: object): Uint8Array;
  /** Timestamps `Date`, blobs `Uint8Array`. @throws when the body is no such answer */
  decodeOutput(body: Uint8Array): object;
}

/** The client's side of an operation of an awsJson service. */
export function clientCodec({ name, service }: OperationModel): ClientCodec {
  if (service.protocol !== 'json') throw new TypeError(`${service.id} does not speak awsJson`);
  const { shapes, operations } = service.model;
  const { input, output } = operations[name]!;
  const write = input && compileJsonWriters(shapes)(input.shape);
  const read = output && compileJsonReaders(shapes)(output.shape);
  return {
    target: `${service.targetPrefix}.${name}`,
    encodeInput: (value) => utf8(JSON.stringify(write?.(value) ?? {})),
    decodeOutput: (body) => (read?.(body.length === 0 ? {} : JSON.parse(fromUtf8(body)), 0) ?? {}) as object,
  };
}
