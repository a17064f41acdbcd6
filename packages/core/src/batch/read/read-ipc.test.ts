import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import { Ticket } from '../../tickets/ticket.ts'
import { Batch } from '../batch.ts'
import { ipcFile } from '../ipc.ts'
import { readIpc } from './read-ipc.ts'

test('a file that was written by us is read back with its columns, rows and footer', () => {
  const bytes = ipcFile(Ticket, [Batch.of(Ticket, []), Batch.of(Ticket, [ticket(1), ticket(2)])], new Map([['tickets.rows', '2']]))
  const { fields, metadata, batches } = readIpc(bytes)
  expect(fields.map(({ name, kind, optional }) => `${name} ${kind}${optional ? '?' : ''}`)).toEqual(
    Ticket.fields.map(({ name, kind, optional, nullable }) => `${name} ${kind === 'enum' ? 'string' : kind}${optional || nullable ? '?' : ''}`),
  )
  expect(metadata.get('tickets.rows')).toBe('2')
  expect(batches.map(({ numRows }) => numRows)).toEqual([2])
})

function ticket(i: number) {
  return {
    ticket_id: `7d444840-9dc0-41d1-b245-5ffdce74fad${i}`,
    client_id: 'CLIENT_1000',
    created_at: new Date(i),
    request: 'help',
    request_type: 'billing' as const,
    priority: 'low' as const,
  }
}

test('a type that no sink writes is refused, naming the column', () => {
  expect(() => readIpc(tableToIPC(tableFromArrays({ ok: Float64Array.of(1), odd: Uint8Array.of(1) })))).toThrow('column "odd" is Uint8')
})

test('bytes that are no Arrow file are refused', () => {
  expect(() => readIpc(new TextEncoder().encode('not Arrow at all'))).toThrow()
})
