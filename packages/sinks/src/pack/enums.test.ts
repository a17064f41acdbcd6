import { expect, test } from 'vitest'
import { Every } from '../../test/helpers.ts'
import type { Part } from './columns.ts'
import { enumBytes, enumPlan, putEnumCodes } from './enums.ts'
import { fillEnum } from './fill-enums.ts'

const field = Every.fields.find(({ name }) => name === 'kind') as (typeof Every.fields)[number]
const part = (...codes: number[]): Part => ({
  length: codes.length,
  offset: 0,
  nullCount: 0,
  nullBitmap: new Uint8Array(),
  values: Int8Array.from(codes),
  valueOffsets: new Int32Array(),
})

test('codes become the texts of their members, in place', () => {
  const parts = [part(0, 2), part(1)]
  const plan = enumPlan(field, parts)
  expect(plan).toMatchObject({ members: field.values, width: 1, codes: [null, null] })
  const bytes = enumBytes(plan, parts)
  expect(bytes).toBe(Buffer.byteLength(field.values.join('')))
  const ipc = new ArrayBuffer(64)
  putEnumCodes(ipc, 0, 3, plan, parts)
  fillEnum(ipc, { name: 'kind', rows: 3, bits: -1, offsets: 0, bytes: 32, width: plan.width, members: plan.members })
  const [a = '', quoted = '', u = ''] = field.values
  expect(Buffer.from(ipc, 32, bytes).toString()).toBe(a + u + quoted)
  expect([...new Int32Array(ipc, 0, 4)].at(-1)).toBe(bytes)
})
