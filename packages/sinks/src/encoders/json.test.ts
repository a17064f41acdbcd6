import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { jsonEncoder } from './json.ts'

const encode = async (rows: readonly Every[]) =>
  Buffer.concat([await jsonEncoder.encode(Every, [Batch.of(Every, rows)], new Map())].flat()).toString()

test('writes one object a line, its keys in schema order, null as null and an absent key not at all', async () => {
  const lines = (await encode([plain, sparse])).split('\n')
  expect(lines).toHaveLength(3)
  expect(JSON.parse(lines[0] as string)).toEqual(JSON.parse(JSON.stringify(plain)))
  expect(Object.keys(JSON.parse(lines[1] as string))).toEqual(Every.fields.map(({ name }) => name))
  expect(JSON.parse(lines[1] as string)).toMatchObject({ kindOrNull: null, maybe: '' })
  expect(lines[0]).not.toContain('maybe')
})

test('keeps minus zero, and refuses an infinite number with the name of its column', async () => {
  expect(await encode([{ ...plain, real: -0 }])).toContain('"real":-0.0')
  await expect(encode([{ ...plain, real: Number.POSITIVE_INFINITY }])).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: expect.stringContaining('"real"'),
  })
})
