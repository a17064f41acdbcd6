import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { pipeline } from '../../pipeline/pipeline.ts'
import { memoryLog } from '../../testing/memory-log.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../testing/memory-source.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { global } from '../../window/global.ts'
import { session } from '../../window/session.ts'
import { into } from '../into.ts'
import { json } from '../test-tickets.fixture.ts'
import { windowed } from '../windowed.ts'

const bySession = (sink: ReturnType<typeof memorySink<{ n: number }>>, source: object = {}, parts = 2) =>
  pipeline({
    name: 'sessions',
    source: {
      ...memorySource({
        schema: Ticket,
        partitions: Array.from({ length: parts }, (_, p) => messagesOf([json(p, 0), json(p, 3), json(p, 20), json(p, 22)])),
      }),
      ...source,
    },
    log: memoryLog(),
    flows: (tickets) => ({
      sessions: tickets.pipe(windowed(session({ gap: '5s' }), { by: 'client_id', aggregate: { n: count() } }), into(sink as never)),
    }),
  }).run({ handleSignals: false })

test('4.6 sessions over several partitions need a source that is keyed by what they group by', async () => {
  const sink = memorySink<{ n: number }>('sessions')
  await expect(bySession(sink)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('keyedBy') })
  await expect(bySession(sink, { keyedBy: ['client_id', 'priority'] })).rejects.toThrow('keyed by client_id, priority')
  await bySession(sink, { keyedBy: ['client_id'] })
  expect(sink.rows.map(({ n }) => n)).toEqual([2, 2, 2, 2])
  const one = memorySink<{ n: number }>('one')
  await bySession(one, {}, 1)
  expect(one.rows).toHaveLength(2)
})

test('a global window needs an end, or updates', async () => {
  const run = (until: 'never' | 'complete', emit: 'final' | 'updates', signal?: AbortSignal) =>
    pipeline({
      name: 'all',
      source: memorySource({ schema: Ticket, partitions: [messagesOf([json(1)])], until }),
      log: memoryLog(),
      flows: (tickets) => ({ all: tickets.pipe(windowed(global(), { aggregate: { n: count() }, emit }), into(memorySink('all') as never)) }),
    }).run({ handleSignals: false, ...(signal ? { signal } : {}) })
  await expect(run('never', 'final')).rejects.toThrow('global window')
  await run('complete', 'final')
})
