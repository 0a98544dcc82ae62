import { ApiError } from './api-error.js';
import type { ApiModel, ApiOperation } from './api-model.js';
import { parseForm } from './codec/form.js';
import { compileFormReaders } from './codec/form-reader.js';
import { compileJsonReaders } from './codec/json-reader.js';
import { compileJsonWriters } from './codec/json-writer.js';
import { compileXmlWriters, escapeXml } from './codec/xml-writer.js';
import type { OperationModel, ServiceModel, WireBody } from './service-model.js';
import { fromUtf8, utf8 } from './text.js';
import { compileValidators } from './validation/validator.js';

/** Makes the operations of one model; what they share is compiled once. */
export function operationsOf(service: ServiceModel, model: ApiModel): Map<string, OperationModel> {
  const validators = compileValidators(model.shapes);
  const codec = service.protocol === 'json' ? jsonCodec(model, service) : queryCodec(model);

  return new Map(
    Object.values(model.operations).map((operation) => {
      const { input } = operation;
      const validate = input && validators(input.shape);
      const made: OperationModel = {
        name: operation.name,
        service,
        public: operation.authtype === 'none',
        stream: operation.stream ?? false,
        errors: (operation.errors ?? []).map((error) => error.shape),
        decode: codec.decoder(operation),
        validate: (value) => validate?.(value),
        encode: codec.encoder(operation),
      };
      return [operation.name, made];
    }),
  );
}

interface Codec {
  decoder(operation: ApiOperation): (body: Uint8Array) => object;
  encoder(operation: ApiOperation): (output: object, requestId: string) => WireBody;
}

function jsonCodec(model: ApiModel, service: ServiceModel): Codec {
  const readers = compileJsonReaders(model.shapes);
  const writers = compileJsonWriters(model.shapes);
  const contentType = service.contentType;
  return {
    decoder({ input }) {
      const read = input && readers(input.shape);
      return (body) => {
        const value = body.length === 0 ? {} : parseJson(body);
        return (read?.(value, 0) ?? {}) as object;
      };
    },
    encoder({ output }) {
      const write = output && writers(output.shape);
      return (value) => ({ contentType, body: utf8(write ? JSON.stringify(write(value)) : '') });
    },
  };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(fromUtf8(body));
  } catch (cause) {
    throw new ApiError('SerializationException', 'The request body is not JSON', { cause });
  }
}

function queryCodec(model: ApiModel): Codec {
  const readers = compileFormReaders(model.shapes);
  const writers = compileXmlWriters(model.shapes);
  const namespace = escapeXml(model.metadata.xmlNamespace ?? '');
  return {
    decoder({ input }) {
      const read = input && readers(input.shape);
      return (body) => {
        const form = parseForm(formText(body));
        return (read?.(form) ?? {}) as object;
      };
    },
    encoder({ name, output }) {
      const write = output && writers(output.shape);
      const wrapper = output?.resultWrapper ?? `${name}Result`;
      return (value, requestId) => {
        const result = write?.(wrapper, value) ?? '';
        const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`;
        const text = `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`;
        return { contentType: 'text/xml', body: utf8(text) };
      };
    },
  };
}

function formText(body: Uint8Array): string {
  try {
    return fromUtf8(body);
  } catch (cause) {
    throw new ApiError('SerializationException', 'The request body is not UTF-8', { cause });
  }
}
