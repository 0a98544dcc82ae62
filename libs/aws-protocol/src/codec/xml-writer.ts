import { type Shapes, shapeOf } from '../api-model.js';
import { toBase64 } from '../base64.js';
import { compileOnce } from '../compile-once.js';

/** Writes a value as elements of the given name. */
export type XmlWriter = (name: string, value: unknown) => string;

/** Compiles writers for answers of the query protocol. */
export function compileXmlWriters(shapes: Shapes): (shapeName: string) => XmlWriter {
  return compileOnce<XmlWriter>((shapeName, compile) => {
    const shape = shapeOf(shapes, shapeName);
    switch (shape.type) {
      case 'structure': {
        const members = Object.entries(shape.members ?? {}).map(
          ([member, ref]) => [member, ref.locationName ?? member, compile(ref.shape)] as const,
        );
        return (name, value) => {
          const given = value as Record<string, unknown>;
          let inner = '';
          for (const [member, wire, writer] of members) {
            const one = given[member];
            if (one !== undefined && one !== null) inner += writer(wire, one);
          }
          return element(name, inner);
        };
      }
      case 'list': {
        const writer = compile(shape.member!.shape);
        const item = shape.member!.locationName ?? 'member';
        return (name, value) => {
          const items = value as readonly unknown[];
          if (shape.flattened) return items.map((one) => writer(shape.member!.locationName ?? name, one)).join('');
          return element(name, items.map((one) => writer(item, one)).join(''));
        };
      }
      case 'map': {
        const key = compile(shape.key!.shape);
        const writer = compile(shape.value!.shape);
        const keyName = shape.key!.locationName ?? 'key';
        const valueName = shape.value!.locationName ?? 'value';
        return (name, value) => {
          const entries = Object.entries(value as object).map(([k, one]) => key(keyName, k) + writer(valueName, one));
          if (shape.flattened) return entries.map((entry) => element(name, entry)).join('');
          return element(name, entries.map((entry) => element('entry', entry)).join(''));
        };
      }
      case 'timestamp':
        return (name, value) => element(name, value instanceof Date ? isoTime(value) : escapeXml(String(value)));
      case 'blob':
        return (name, value) => element(name, value instanceof Uint8Array ? toBase64(value) : escapeXml(String(value)));
      default:
        return (name, value) => element(name, escapeXml(String(value)));
    }
  });
}

function element(name: string, inner: string): string {
  return inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;
}

/** As AWS writes it: no fraction where there is none. */
function isoTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
};

/** Escapes a text for XML; what XML 1.0 cannot hold at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"'\r]/g, (character) => escapes[character]!)
    .replace(
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
      '\uFFFD',
    );
}
