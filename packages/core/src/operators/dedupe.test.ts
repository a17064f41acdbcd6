import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../batch/batch.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { dedupe } from './dedupe.ts'

type Rows = Observable<Batch<Ticket>>

describe('dedupe', () => {
  const once = (rows: Rows) => rows.pipe(dedupe({ key: 'client_id', within: '10s' }))

  test.each([
    ['the first one read stays', 'a@1 a@2 b@2 a@1', 'a@1 b@2'],
    ['exactly within after is another', 'a@1 a@11 a@10.999', 'a@1 a@11'],
    ['a repeat is found across a crash', 'a@1 B X a@2 X a@3', 'a@1'],
    ['a repeat that is out of order is found', 'a@20 a@11', 'a@20'],
    ['one that is too late passes unchecked, and is not remembered', 'b@1 a@20 b@2 b@2', 'b@1 a@20 b@2 b@2'],
  ])('%s', (_reason, feed, emits) => {
    scenario(Ticket, once).feed(feed).emits(emits)
  })

  test('keeps the laws', () => {
    checkOperator(Ticket, once)
    checkOperator(Ticket, (rows: Rows) => rows.pipe(dedupe({ key: ['client_id', 'priority'], within: '40s' })))
  })

  test('refuses nonsense and too much', () => {
    expect(() => dedupe<Ticket, 'client_id'>({ key: 'client_id', within: 0 })).toThrow('within')
    const tight = (rows: Rows) => rows.pipe(dedupe({ key: 'client_id', within: '1 hour', maxKeys: 2 }))
    expect(() => scenario(Ticket, tight).feed('a@1 b@1 c@1')).toThrow('3 open keys are more than the 2 allowed')
  })
})
