import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../batch/batch.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { scenario } from '../testing/scenario/scenario.ts'
import { Ticket } from '../tickets/ticket.ts'
import { sessionize } from './sessionize.ts'

type Rows = Observable<Batch<Ticket>>

describe('sessionize', () => {
  const sessions = (rows: Rows) => rows.pipe(sessionize({ by: 'client_id', gap: '5s' }))
  const show = (row: { client_id: string; session_start: Date }) => `${row.client_id}:${row.session_start.getTime() / 1000}`

  test('each row has the start of its session', () => {
    scenario(Ticket, sessions, { show }).feed('a@1 a@6 X b@6 a@11.001 B X a@12 a@2 $').emits('a:1 a:1 b:6 a:11.001 a:11.001 a:2')
  })

  // Of the rows that are tried, those of one client are 42 seconds apart.
  test.each(['5s', '50s'])('keeps the laws, with a gap of %s', (gap) => {
    checkOperator(Ticket, (rows: Rows) => rows.pipe(sessionize({ by: 'client_id', gap })))
  })

  test('refuses a gap of 0, and more sessions than allowed', () => {
    expect(() => sessionize<Ticket, 'client_id'>({ by: 'client_id', gap: 0 })).toThrow('gap')
    const tight = (rows: Rows) => rows.pipe(sessionize({ by: 'client_id', gap: '1 hour', maxKeys: 2 }))
    expect(() => scenario(Ticket, tight).feed('a@1 b@1 c@1')).toThrow('3 open sessions are more than the 2 allowed')
  })
})
