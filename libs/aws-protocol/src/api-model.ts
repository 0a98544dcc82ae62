/** An API model as botocore publishes it: the parts that we read. */
export interface ApiModel {
  readonly metadata: {
    readonly apiVersion: string;
    readonly protocol: string;
    readonly endpointPrefix?: string;
    readonly signingName?: string;
    readonly targetPrefix?: string;
    readonly jsonVersion?: string;
    readonly xmlNamespace?: string;
    readonly serviceFullName?: string;
  };
  readonly operations: Readonly<Record<string, ApiOperation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** An operation of a model. */
export interface ApiOperation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string; readonly resultWrapper?: string };
  readonly errors?: readonly { readonly shape: string }[];
  /** `none`: it is called unsigned. */
  readonly authtype?: string;
  /** Ours: what is answered is a stream of outputs, over the gateway's door for streams. */
  readonly stream?: boolean;
  /** A sentence for people, in `muster.json`. */
  readonly documentation?: string;
}

/** A use of a shape. */
export interface ShapeRef {
  readonly shape: string;
  readonly locationName?: string;
  readonly flattened?: boolean;
  readonly idempotencyToken?: boolean;
}

/** A shape of a model. */
export interface Shape {
  readonly type:
    | 'structure'
    | 'list'
    | 'map'
    | 'string'
    | 'boolean'
    | 'integer'
    | 'long'
    | 'float'
    | 'double'
    | 'timestamp'
    | 'blob';
  readonly members?: Readonly<Record<string, ShapeRef>>;
  readonly required?: readonly string[];
  readonly member?: ShapeRef;
  readonly key?: ShapeRef;
  readonly value?: ShapeRef;
  readonly flattened?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
  readonly exception?: boolean;
  readonly fault?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean };
  /** Ours: what AWS answers when `min` is undercut, where its text differs from the general one. */
  readonly minText?: string;
}

/** The shapes of a model by name. */
export type Shapes = Readonly<Record<string, Shape>>;

/**
 * A shape by name.
 * @throws Error when the model lacks it: the model is broken
 */
export function shapeOf(shapes: Shapes, name: string): Shape {
  const shape = shapes[name];
  if (!shape) throw new Error(`The API model has no shape ${name}`);
  return shape;
}
