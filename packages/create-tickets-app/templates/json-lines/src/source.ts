import { jsonLines } from '@tickets/core/node'
import { Order } from './order.ts'

/** Orders of a file, one JSON object a line. */
export const source = jsonLines(process.env.ORDERS ?? 'orders.jsonl', { schema: Order })
