/** What validation leaves of an SDK shape: required members, which the SDK types as `T | undefined`, are there. */
export type Valid<T> = T extends Date | Uint8Array | string | number | boolean | bigint | undefined
  ? T
  : T extends readonly (infer E)[]
    ? Valid<E>[]
    : { [K in keyof T]: IsOptional<T, K> extends true ? Valid<T[K]> : Valid<Exclude<T[K], undefined>> };

// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- `{}` is the type that only optional members satisfy
type IsOptional<T, K extends keyof T> = {} extends Pick<T, K> ? true : false;
