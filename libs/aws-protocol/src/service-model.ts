import type { ApiModel } from './api-model.js';
import { type ServiceId, models } from './models.js';
import { operationsOf } from './operation-model.js';

/** A body and the type it is sent with. */
export interface WireBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** An API, compiled from its model. */
export interface ServiceModel {
  readonly id: ServiceId;
  readonly protocol: 'json' | 'query';
  /** awsJson: what stands before the dot in X-Amz-Target. */
  readonly targetPrefix?: string;
  /** Content type of bodies. */
  readonly contentType: string;
  readonly apiVersion: string;
  /** Service of the credential scope. */
  readonly signingName: string;
  readonly xmlNamespace?: string;
  readonly model: ApiModel;
  readonly operations: ReadonlyMap<string, OperationModel>;
}

/** One operation: bytes to values of the SDK's types, and back. */
export interface OperationModel {
  readonly name: string;
  readonly service: ServiceModel;
  /** Called unsigned. */
  readonly public: boolean;
  /** Answered by a stream of outputs; each has `Event` and `Sequence`. */
  readonly stream: boolean;
  /** Error shapes that the model names. */
  readonly errors: readonly string[];
  /** @throws ApiError SerializationException */
  decode(body: Uint8Array): object;
  /** @throws ApiError ValidationException that names every violation in AWS's words */
  validate(input: object): void;
  encode(output: object, requestId: string): WireBody;
}

const compiled = new Map<ServiceId, ServiceModel>();

/** The API of a service, compiled at the first call. */
export function serviceModel(id: ServiceId): ServiceModel {
  let service = compiled.get(id);
  if (!service) compiled.set(id, (service = compileService(id, models[id])));
  return service;
}

/** Whether we have a model of a service. */
export function isServiceId(id: string): id is ServiceId {
  return Object.hasOwn(models, id);
}

/** All services that we have a model of. */
export function serviceIds(): ServiceId[] {
  return Object.keys(models) as ServiceId[];
}

function compileService(id: ServiceId, model: ApiModel): ServiceModel {
  const { metadata } = model;
  if (metadata.protocol !== 'json' && metadata.protocol !== 'query') {
    throw new Error(`Protocol ${metadata.protocol} of ${id} is not spoken here`);
  }
  const operations = new Map<string, OperationModel>();
  const service: ServiceModel = {
    id,
    protocol: metadata.protocol,
    targetPrefix: metadata.targetPrefix,
    contentType: metadata.protocol === 'json' ? `application/x-amz-json-${metadata.jsonVersion ?? '1.1'}` : 'text/xml',
    apiVersion: metadata.apiVersion,
    signingName: metadata.signingName ?? metadata.endpointPrefix ?? id,
    xmlNamespace: metadata.xmlNamespace,
    model,
    operations,
  };
  for (const [name, operation] of operationsOf(service, model)) operations.set(name, operation);
  return service;
}
