/** What JSON can hold: positions, staged files and state are stored in records. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export type JsonObject = { readonly [key: string]: Json }

/** Has `never` in the place of each part of `T` that JSON cannot hold. */
type AsJson<T> = T extends Json
  ? T
  : T extends (...args: never) => unknown
    ? never
    : T extends object
      ? { readonly [K in keyof T]: AsJson<T[K]> }
      : never

/** A type that `T` extends where JSON can hold it. It takes interfaces too, which `Json` does not, since they have no index signature. */
export type JsonLike<T> = null | boolean | number | string | { readonly [K in keyof T]: AsJson<T[K]> }
