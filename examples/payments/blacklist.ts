import { defineSchema, instant, type KeyedTable, type RowOf, tableOf } from '@tickets/core'
import { jsonLines } from '@tickets/core/node'
import * as z from 'zod'

/** A user who may not pay, and since when. */
export const Block = defineSchema(z.object({ user_id: z.int(), reason: z.string(), since: instant() }), { name: 'block', time: 'since' })
/** In a topic a message without a value lifts a block. A file says it in a column. */
export const BlockLine = Block.extend('block_line', { lifted: z.boolean() })
export type BlockLine = RowOf<typeof BlockLine>

export type Blacklist = KeyedTable<RowOf<typeof Block>, 'user_id'>

/** Reads the blacklist from a JSON Lines file. A complete one gets no more lines. */
export const blacklistFile = (path: string, complete = false): Blacklist =>
  tableOf(jsonLines(path, { schema: BlockLine, complete }), { key: 'user_id', partitions: 'all', deleted: 'lifted' })
