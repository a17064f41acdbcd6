/** What JSON can hold; positions, staged files and state are of this kind, since they ride in a record. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
