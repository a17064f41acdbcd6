/** What JSON can hold: positions, staged files and state are stored in records. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export type JsonObject = { readonly [key: string]: Json }
