import { describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Source } from '../connectors/source.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { Ticket } from '../tickets/ticket.ts'
import type { Fingerprint } from './changes/fingerprint.ts'
import { openLog } from './open-log.ts'

const source = {
  name: 'none',
  schema: Ticket,
  until: 'now',
  describe: async () => ({ topics: [], partitions: [] }),
} as unknown as Source<Ticket, Json>
const fingerprint = { flows: {}, source: { name: 'ticket', fields: [] } } as unknown as Fingerprint

it('obeys the record of a process that began at the same moment and took the targets first (1.1)', async () => {
  const log = memoryLog()
  let owner: string | null = null
  const sink = (meanwhile: () => Promise<unknown>) => ({
    target: 'file:out',
    prepare: async ({ id }: { id: string }) => {
      await meanwhile()
      if (owner !== null && owner !== id) throw new TicketsError('TARGET_OWNED', `owned by ${owner}`)
      return { takesOver: false, remove: [] }
    },
    begin: async ({ id }: { id: string }) => {
      owner = id
    },
    open: () => Promise.reject(new Error('not opened')),
  })
  const start = (meanwhile: () => Promise<unknown>) =>
    openLog({ name: 'lake', source, log, fingerprint, clock: systemClock, outputs: [{ flow: 'a', sink: sink(meanwhile), schema: Ticket }] })
  const second = await start(() => start(async () => {}))
  expect(second.record.logId).toBe(owner)

  owner = 'another'
  const other = memoryLog()
  const refused = openLog({
    name: 'lake',
    source,
    log: other,
    fingerprint,
    clock: systemClock,
    outputs: [{ flow: 'a', sink: sink(async () => {}), schema: Ticket }],
  })
  await expect(refused).rejects.toMatchObject({ code: 'TARGET_OWNED' })
})

describe('offsets of the group that the log does not explain (1.3)', () => {
  const started = async (committed: () => number, commits: number) => {
    const log = memoryLog()
    let n = 0
    const append = () => log.append('t-0', { n, attempt: 'a', files: {}, body: { to: ++n * 10 } })
    await append()
    const checkOffsets = async ({ heads }: { heads: Readonly<Record<string, Json | null>> }) => {
      // Another member commits a record and its offset after the log was read.
      if (n <= commits) await append()
      if (Number(heads['t-0']) < committed()) throw new TicketsError('OFFSETS_FOREIGN', 'behind')
    }
    const partitions = [{ id: 't-0', topic: 't', earliest: 0, start: 0, end: 100 }]
    const other = { ...source, describe: async () => ({ topics: [], partitions }), checkOffsets } as unknown as Source<Ticket, Json>
    const begun = openLog({ name: 'lake', source: other, log, fingerprint, clock: systemClock, outputs: [] })
    return { begun, records: () => n }
  }

  it('are another member continuing, as long as the log moves too', async () => {
    let records = () => 0
    const { begun, records: of } = await started(() => records() * 10, 5)
    records = of
    await expect(begun).resolves.toBeDefined()
  })

  it('are refused when the log stands still', async () => {
    const { begun } = await started(() => 1000, 0)
    await expect(begun).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
  })
})
