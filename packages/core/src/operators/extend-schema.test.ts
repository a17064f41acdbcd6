import { expect, test } from 'vitest'
import * as z from 'zod'
import { Ticket } from '../tickets/ticket.ts'
import { schemaExtension } from './extend-schema.ts'

test('the same schema gives the same extension, and another one another', () => {
  const extend = schemaExtension<unknown, Ticket & { n: number }>('with_n', { n: z.int() })
  const extended = extend(Ticket)
  expect(extended.name).toBe('ticket_with_n')
  expect(extended.fields.map(({ name }) => name)).toEqual([...Ticket.fields.map(({ name }) => name), 'n'])
  expect(extend(Ticket)).toBe(extended)
  expect(extend(extended)).not.toBe(extended)
})
