/** Tags that a request brings, as condition keys: `aws:RequestTag/KEY` for each of them and `aws:TagKeys`. */
export function requestTags(
  tags: Readonly<Record<string, string>> | readonly { readonly Key?: string; readonly Value?: string }[],
): Record<string, string | string[]> {
  const pairs = Array.isArray(tags)
    ? (tags as readonly { Key?: string; Value?: string }[]).map(({ Key, Value }) => [Key ?? '', Value ?? ''] as const)
    : Object.entries(tags as Readonly<Record<string, string>>);
  if (pairs.length === 0) return {};
  return {
    ...Object.fromEntries(pairs.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': pairs.map(([key]) => key),
  };
}
