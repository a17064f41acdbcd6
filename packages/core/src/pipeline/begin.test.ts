import { expect, it } from 'vitest'
import { TicketsError } from '../errors/errors.ts'
import { Ticket } from '../schema/ticket.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { begin } from './begin.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Json, Source } from './source.ts'

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
    begin({ name: 'lake', source, log, fingerprint, outputs: [{ flow: 'a', sink: sink(meanwhile), schema: Ticket }] })
  const second = await start(() => start(async () => {}))
  expect(second.record.logId).toBe(owner)

  owner = 'another'
  const other = memoryLog()
  const refused = begin({ name: 'lake', source, log: other, fingerprint, outputs: [{ flow: 'a', sink: sink(async () => {}), schema: Ticket }] })
  await expect(refused).rejects.toMatchObject({ code: 'TARGET_OWNED' })
})
