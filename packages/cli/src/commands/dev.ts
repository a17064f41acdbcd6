import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { durationText } from '../config/value-types.ts'
import type { CommandDefinition } from '../program/command.ts'
import { count } from '../text.ts'

const flags = z.object({
  tickets: z.int().min(0).default(3000).describe('how many tickets; 0 for no end'),
  rate: z.number().min(0).default(500).describe('tickets a second; 0 for as fast as it goes'),
  window: durationText().prefault('10s').describe('length of a window, in event time'),
  by: z.enum(['priority', 'request_type']).default('priority').describe('column that windows are counted by'),
  seed: z.int().default(1).describe('which tickets: the same seed gives the same ones'),
  json: z.boolean().default(false).describe('print each window as a JSON object'),
})

/** What a window gives. */
interface Line {
  readonly window_start: Date
  readonly window_end: Date
  readonly revision: number
  readonly tickets: number
}

/** Makes the command `dev`, which counts generated tickets in windows and prints them. It needs no broker, and keeps nothing. */
export const devCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'dev',
  description: 'Count generated tickets in windows and print each window as it closes. Needs no broker, and keeps nothing.',
  examples: ['tickets dev --rate 100', 'tickets dev --tickets 0 --rate 1000 --window 1m --by request_type'],
  arguments: [],
  flags,
  prefix: 'TICKETS_DEV_',
  async run(_, { tickets, rate, window, by, seed, json }) {
    const [
      { count: counted, GENERATOR_DISORDER, generator, into, pipeline, priorities, requestTypes, tumbling, windowed },
      { commitLog },
      { callbackSink },
    ] = await Promise.all([import('@tickets/core'), import('@tickets/core/node'), import('@tickets/sinks')])
    const values: readonly string[] = by === 'priority' ? priorities : requestTypes
    const widest = Math.max(...values.map((value) => value.length))
    const show = (row: Line & Record<string, unknown>) => {
      const [from, to] = [row.window_start.toISOString(), row.window_end.toISOString()]
      const bar = '#'.repeat(Math.min(60, Math.ceil(row.tickets / 5)))
      print(
        json
          ? `${JSON.stringify({ window_start: from, window_end: to, [by]: row[by], tickets: row.tickets, revision: row.revision })}\n`
          : `${from.slice(0, 19)} to ${to.slice(11, 19)}  ${String(row[by]).padEnd(widest)}  ${count(row.tickets).padStart(7)}  ${bar}`.trimEnd() +
              '\n',
      )
    }
    const log = await mkdtemp(join(tmpdir(), 'tickets-dev-'))
    try {
      const { rows, how } = await pipeline({
        name: 'dev',
        source: generator({ seed, rate, ...(tickets > 0 ? { tickets } : {}) }),
        log: commitLog(log),
        maxOutOfOrderness: GENERATOR_DISORDER,
        range: { time: '250 ms' },
        flows: (all) => ({
          windows: all.pipe(
            windowed(tumbling({ size: window }), { by: [by], aggregate: { tickets: counted() } }),
            into(
              callbackSink((batch) => {
                for (const row of batch) show(row as never)
              }),
            ),
          ),
        }),
      }).run()
      if (!json) print(`${how}: ${count(rows)} tickets\n`)
    } finally {
      await rm(log, { recursive: true, force: true })
    }
    return 0
  },
})
