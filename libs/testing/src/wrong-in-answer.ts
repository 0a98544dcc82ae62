import { type Shapes, isServiceId, serviceModel } from '@muster/aws-protocol';

/**
 * What of an awsJson answer is not as its API model says: members that it does not name, required ones that are absent,
 * other types, texts that are not of an enum. SDKs swallow most of it.
 */
export function wrongInAnswer(service: string, operation: string, answer: unknown): string[] {
  const model = isServiceId(service) ? serviceModel(service) : undefined;
  const output = model?.model.operations[operation]?.output;
  if (!model || model.protocol !== 'json' || !output) return [];
  return wrongIn(model.model.shapes, output.shape, answer, operation);
}

function wrongIn(shapes: Shapes, name: string, value: unknown, at: string): string[] {
  const shape = shapes[name]!;
  switch (shape.type) {
    case 'structure': {
      if (!isObject(value)) return [`${at} is no structure`];
      const members = Object.entries(shape.members ?? {});
      const names = new Set(members.map(([member, ref]) => ref.locationName ?? member));
      return [
        ...(shape.required ?? []).filter((member) => !(member in value)).map((member) => `${at}.${member} is absent`),
        ...Object.keys(value)
          .filter((member) => !names.has(member))
          .map((member) => `${at}.${member} is not in the model`),
        ...members.flatMap(([member, ref]) => {
          const wire = ref.locationName ?? member;
          return wire in value ? wrongIn(shapes, ref.shape, value[wire], `${at}.${wire}`) : [];
        }),
      ];
    }
    case 'list':
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((one, index) => wrongIn(shapes, shape.member!.shape, one, `${at}[${index}]`));
    case 'map':
      if (!isObject(value)) return [`${at} is no map`];
      return Object.entries(value).flatMap(([key, one]) => wrongIn(shapes, shape.value!.shape, one, `${at}.${key}`));
    case 'string':
      if (typeof value !== 'string') return [`${at} is no text`];
      // AWS itself answers an empty text where nothing was chosen (NotificationType).
      return shape.enum && value !== '' && !shape.enum.includes(value)
        ? [`${at} is ${value}, which is not of the enum`]
        : [];
    case 'blob':
      return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? [] : [`${at} is no base64`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is no Boolean`];
    case 'integer':
    case 'long':
      return Number.isSafeInteger(value) ? [] : [`${at} is no whole number`];
    default:
      return Number.isFinite(value) ? [] : [`${at} is no number`];
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
