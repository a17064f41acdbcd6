import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, into, messageHeader } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { files, jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { lake, ticket } from '../log/logs.fixture.ts'
import { replayDeadLetters } from './replay.ts'

const shape = { created_at: instant(), request: z.string(), priority: z.string() }
const Fixed = defineSchema(z.object(shape), { name: 'fixed', time: 'created_at' })
const Own = defineSchema(z.object({ ...shape, replayed: messageHeader('replayed') }), { name: 'own', time: 'created_at' })
const lines = [0, 1, 2].map((i) => JSON.stringify({ ...ticket(i), request: `request ${i}`, priority: i === 1 ? 'high' : 'urgent' }))

const rowsIn = async (dir: string) =>
  (await Promise.all((await files(dir)).map((path) => readFile(path, 'utf8'))))
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as { request: string; replayed: unknown })

test('rejected messages come back once, each row is marked, and a second run adds nothing', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const again = () =>
    replayDeadLetters(
      join(dir, 'dead'),
      {
        schema: Fixed,
        log: commitLog(join(dir, 'replay-log')),
        flows: (rows) => ({ again: rows.pipe(into(jsonSink(join(dir, 'again')))) }),
      },
      { handleSignals: false },
    )
  expect(await again()).toMatchObject({ how: 'done', rows: 2, rejected: 0 })
  expect(await again()).toMatchObject({ rows: 0, rejected: 0 })
  expect((await rowsIn(join(dir, 'again'))).map(({ request, replayed }) => [request, replayed])).toEqual([
    ['request 0', true],
    ['request 2', true],
  ])
})

test('a schema with a column of that name takes the header', async () => {
  const { dir, run } = await lake(lines)
  await run()
  await replayDeadLetters(
    join(dir, 'dead'),
    {
      schema: Own,
      log: commitLog(join(dir, 'replay-log')),
      flows: (rows) => ({ again: rows.pipe(into(jsonSink(join(dir, 'again')))) }),
    },
    { handleSignals: false },
  )
  expect((await rowsIn(join(dir, 'again'))).map(({ replayed }) => replayed)).toEqual(['true', 'true'])
})
