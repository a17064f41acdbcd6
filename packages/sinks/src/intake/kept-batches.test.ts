import { join } from 'node:path'
import { type Batch, generator, highPriority, into, pipeline, type Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { tap } from 'rxjs'
import { expect, test } from 'vitest'
import { duck, folder } from '../../test/helpers.ts'

const TICKETS = 60_000

test.each([0, 1])('2.6 an operator may keep every batch: no buffer that is used again is part of one (%s threads)', async (encodeWorkers) => {
  const path = await folder()
  const kept: Batch<Ticket>[][] = [[], []]
  const texts: string[][] = [[], []]
  const keep = (flow: number) =>
    tap((batch: Batch<Ticket>) => {
      kept[flow]?.push(batch)
      texts[flow]?.push(JSON.stringify(batch.toArray()))
    })
  await pipeline({
    name: 'kept',
    source: generator({ tickets: TICKETS, partitions: 1 }),
    log: commitLog(join(path, 'log')),
    range: { rows: 25_000 },
    flows: (tickets) => ({
      all: tickets.pipe(keep(0), into(parquetSink(join(path, 'all'), { encodeWorkers }))),
      some: tickets.pipe(highPriority(), keep(1), into(parquetSink(join(path, 'some'), { encodeWorkers }))),
    }),
  }).run({ handleSignals: false })
  for (const [flow, name] of ['all', 'some'].entries()) {
    expect(kept[flow]?.map((batch) => JSON.stringify(batch.toArray()))).toEqual(texts[flow])
    const ids = kept[flow]?.flatMap((batch) => [...batch].map(({ ticket_id }) => ticket_id)).sort()
    const found = await duck(`SELECT ticket_id FROM read_parquet('${path}/${name}/*.parquet') ORDER BY 1`)
    expect(found.map(({ ticket_id }) => ticket_id)).toEqual(ids)
  }
})
