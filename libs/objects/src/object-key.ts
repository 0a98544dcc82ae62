/** `<account>/<region>/<kind>/<parts…>`; parts are made safe for a key. */
export function objectKey(
  scope: { readonly account: string; readonly region: string },
  kind: string,
  ...parts: readonly string[]
): string {
  return [scope.account, scope.region, kind, ...parts].map((part) => encodeURIComponent(part)).join('/');
}
