import { describe, expect, it } from 'vitest'
import { Batch } from '../../batch/batch.ts'
import { nestedSchemas } from '../../schema/fast-decoder/nested-schemas.fixture.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { defaultRow, tokensOf } from './tokens.ts'

describe('tokensOf', () => {
  it.each([
    ['a@12', { kind: 'row', partition: 0, key: 'a', value: null, seconds: 12 }],
    ['p2:a=3@-1.5', { kind: 'row', partition: 2, key: 'a', value: '3', seconds: -1.5 }],
    ['p1:W20', { kind: 'watermark', partition: 1, seconds: 20 }],
    ['~30s', { kind: 'elapse', seconds: 30 }],
    ['|', { kind: 'batch' }],
    ['B', { kind: 'commit' }],
    ['commit', { kind: 'commit' }],
    ['end', { kind: 'end' }],
    ['idle', { kind: 'idle' }],
    ['crash', { kind: 'crash' }],
    ['p1:crash', { kind: 'crash', of: 1 }],
    ['merge:crash', { kind: 'crash', of: 'merge' }],
    ['rebalance', { kind: 'rebalance' }],
    ['p0:rebalance', { kind: 'rebalance', of: 0 }],
    ['$', { kind: 'end' }],
    ['X', { kind: 'crash' }],
    ['p1:X', { kind: 'crash', of: 1 }],
    ['merge:X', { kind: 'crash', of: 'merge' }],
    ['p0:R', { kind: 'rebalance', of: 0 }],
    ['+p', { kind: 'join' }],
    ['merge:stop', { kind: 'stop-merge' }],
    ['merge:start', { kind: 'start-merge' }],
  ])('reads %s', (text, token) => expect(tokensOf(text)).toEqual([{ at: 0, text, ...token }]))

  it('says where each word stands', () => expect(tokensOf(' a@1   B').map(({ at }) => at)).toEqual([1, 7]))

  it.each(['a', 'a@', '@1', 'W', '~30', 'merge:R', 'merge:rebalance', 'p1:commit'])('refuses %s, and points at it', (word) =>
    expect(() => tokensOf(`a@1 ${word}`)).toThrow(/does not know .*\n\n {2}a@1 .*\n {6}\^$/),
  )
})

describe('defaultRow', () => {
  it.each(nestedSchemas.map(({ schema }) => [schema.name, schema] as const))('fills nested columns: %s', (_, schema) => {
    const row = defaultRow(schema, 'a', '3', new Date(0))
    expect(Batch.of(schema, [row]).length).toBe(1)
  })

  const time = new Date(5000)

  it('puts a key that an enum has into it, and else into the texts', () => {
    expect(defaultRow(Ticket, 'a', null, time)).toMatchObject({ ticket_id: 'a', [Ticket.time]: time })
    const field = Ticket.fields.find(({ kind }) => kind === 'enum')
    const value = field?.values.at(-1) ?? ''
    expect(defaultRow(Ticket, value, 'b', time)).toMatchObject({ [field?.name ?? '']: value, ticket_id: 'b' })
  })
})
