import { expect, test } from 'vitest'
import { memorySource } from '../testing/memory-source.ts'
import { Ticket } from '../tickets/ticket.ts'
import { fromSource } from './from-source.ts'

test('says where it works, and how it is tested', () => {
  const errors: unknown[] = []
  fromSource(memorySource({ schema: Ticket, partitions: [] })).subscribe({ error: (error: unknown) => errors.push(error) })
  expect(errors).toEqual([expect.objectContaining({ code: 'OPERATOR_SCOPE', message: expect.stringContaining('inside of a pipeline only') })])
})
