export type { Decoded, RowOf, Schema } from './batch.ts'
export type { Field, JsonSchema, Kind, ShapeRow, Simplify } from './field.ts'
export type { DecodeOptions, Message, Rejected, Slices } from './message.ts'
