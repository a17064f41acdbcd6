import type { Observable } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import type { Batch } from '../../batch/batch.ts'
import { scenario } from '../../testing/scenario/scenario.ts'
import { Ticket } from '../../tickets/ticket.ts'
import type { Window } from '../../window/engine/window.ts'
import { session } from '../../window/session.ts'
import { tumbling } from '../../window/tumbling.ts'
import { windowed } from '../windowed.ts'

const counted = (window: Window, emit: 'final' | 'updates' = 'final') =>
  windowed<Ticket, 'client_id', { n: ReturnType<typeof count> }, 'final' | 'updates'>(window, { by: 'client_id', aggregate: { n: count() }, emit })

const ten = tumbling({ size: '10s' })
const graced = tumbling({ size: '10s', grace: '5s' })
const gap5 = session({ gap: '5s' })

describe('a second windowed', () => {
  const twice = (first: Window, second: Window) => (tickets: Observable<Batch<Ticket>>) =>
    tickets.pipe(counted(first), windowed(second, { id: 'second', by: 'client_id', aggregate: { windows: count() } }))

  test('takes each window once, when every partition has closed it', () => {
    scenario(Ticket, twice(ten, tumbling({ size: '20s' })) as never, { partitions: 2 })
      .feed('a@1 a@11 a@21 p1:a@2 p1:a@15')
      .emits('')
      .feed('p1:a@40')
      .emits('a[0,20)=2')
      .feed('X a@41')
      .emits('a[20,40)=1')
      .feed('$')
      .emits('a[40,60)=1')
  })

  test('waits for an idle partition, since it may revise', () => {
    scenario(Ticket, twice(ten, tumbling({ size: '20s' })) as never, { partitions: 2 })
      .feed('p1:a@1 ~60s a@5 a@100')
      .emits('')
      .feed('p1:a@99')
      .emits('a[0,20)=1')
  })

  test('its grace and the first one add up', () => {
    scenario(Ticket, twice(graced, tumbling({ size: '20s' })) as never)
      .feed('a@1 a@19 W24.999')
      .emits('')
      .feed('W25')
      .emits('a[0,20)=2')
  })

  test('after sessions it counts in the task, and the merge emits', () => {
    scenario(Ticket, twice(gap5, tumbling({ size: '20s' })) as never)
      .feed('a@1 a@9 X a@30 X')
      .emits('a[0,20)=2')
      .feed('$')
      .emits('a[20,40)=1')
  })

  test('is refused after emit: updates', () => {
    const operator = (tickets: Observable<Batch<Ticket>>) => tickets.pipe(counted(ten, 'updates'), windowed(ten, { id: 'second', aggregate: {} }))
    expect(() => scenario(Ticket, operator)).toThrow('updates')
  })
})
