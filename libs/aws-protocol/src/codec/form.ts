import { ApiError } from '../api-error.js';

/** `A.member.1.Key=x` as a tree: every dot is a level. */
export interface FormNode {
  value?: string;
  readonly children: Map<string, FormNode>;
}

/** More fields than any operation takes. */
const maxFields = 10_000;
const maxDepth = 32;

/**
 * Parses `application/x-www-form-urlencoded`.
 * @throws ApiError SerializationException when it is no such text
 */
export function parseForm(text: string): FormNode {
  const root: FormNode = { children: new Map() };
  if (text === '') return root;

  const fields = text.split('&', maxFields + 1);
  if (fields.length > maxFields) throw new ApiError('SerializationException', `More than ${maxFields} fields`);
  for (const field of fields) {
    if (field === '') continue;
    const equals = field.indexOf('=');
    const key = unescape(equals < 0 ? field : field.slice(0, equals));
    descend(root, key).value = equals < 0 ? '' : unescape(field.slice(equals + 1));
  }
  return root;
}

function descend(root: FormNode, key: string): FormNode {
  const names = key.split('.', maxDepth + 1);
  if (names.length > maxDepth) throw new ApiError('SerializationException', 'A field is nested too deep');
  let node = root;
  for (const name of names) {
    let child = node.children.get(name);
    if (!child) node.children.set(name, (child = { children: new Map() }));
    node = child;
  }
  return node;
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch (cause) {
    throw new ApiError('SerializationException', 'The form is not URL-encoded UTF-8', { cause });
  }
}
