import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../src/aggregate/count.ts'
import { TicketsError } from '../src/base/errors.ts'
import type { Sink } from '../src/connectors/sink.ts'
import { into } from '../src/operators/into.ts'
import { windowed } from '../src/operators/windowed.ts'
import { pipeline } from '../src/pipeline/pipeline.ts'
import { defineSchema } from '../src/schema/define.ts'
import { memoryLog } from '../src/testing/memory-log.ts'
import { memorySink } from '../src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../src/testing/memory-source.ts'
import { quickClock } from '../src/testing/quick-clock.ts'
import { instant } from '../src/values/instant.ts'
import { tumbling } from '../src/window/tumbling.ts'

const canary = 'canary-7f3a'
const Note = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'note', time: 'at' })
type Note = { at: Date; text: string }

test('no log has what rows, keys or invalid messages hold, whatever fails', async () => {
  const said: { readonly message: string; readonly details: object | undefined }[] = []
  const note = (message: string, details?: object) => void said.push({ message, details })
  const row = (day: number) => ({ at: `2026-01-0${day}T00:00:00Z`, text: canary })
  const messages = messagesOf([row(1), row(5), row(2), `${canary} is no JSON`, { text: canary }], () => ({ key: canary }))
  const sink = memorySink<Note>('notes')
  let failures = 0
  const failing: Sink<Note> = {
    ...sink,
    async open(...at) {
      const writer = await sink.open(...at)
      return {
        ...writer,
        async publish(staged) {
          if (failures++ < 2) throw new TicketsError('SINK_FAILED', 'the disk is busy', { retryable: true })
          await writer.publish(staged)
        },
      }
    },
    maintain: () => Promise.reject(new Error('no room')),
  }
  await pipeline({
    name: 'notes',
    source: memorySource({ schema: Note, partitions: [messages] }),
    log: memoryLog(),
    clock: quickClock,
    deadLetters: memorySink('dead'),
    logger: { debug: note, info: note, warn: note, error: note },
    onProgress: () => {
      throw new Error('broken')
    },
    flows: (notes) => ({
      notes: notes.pipe(into(failing)),
      hourly: notes.pipe(windowed(tumbling({ size: '1 hour' }), { by: 'text', aggregate: { notes: count() } }), into(memorySink('hourly'))),
    }),
  }).run({ handleSignals: false })
  const events = new Set(said.map(({ details }) => details && 'event' in details && details.event))
  expect(events).toEqual(new Set(['task.retried', 'watermark.jumped', 'sink.maintenance_stopped', 'callback.threw']))
  expect(said.map(({ details }) => details)).toEqual(said.map(() => expect.objectContaining({ pipeline: 'notes' })))
  expect(inspect(said, { depth: 20, maxArrayLength: null })).not.toContain(canary)
})
