import { expect, test } from 'vitest'
import type { Format } from './format.ts'
import { csvFormat, jsonFormat } from './lines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

async function merged(format: Format, texts: readonly string[]) {
  let rows = -1
  const parts: Uint8Array[] = []
  const merge = { files: texts.length, read: async (i: number) => bytes(texts[i] as string), footer: null, keep: null }
  for await (const part of format.merge(merge, (count) => {
    rows = count
  }))
    parts.push(part)
  return { rows, text: Buffer.concat(parts).toString() }
}

test('JSON Lines are put end to end, a last line without its end too', async () => {
  expect(await merged(jsonFormat, ['{"a":1}\n{"a":2}', '', '{"a":3}\n'])).toEqual({ rows: 3, text: '{"a":1}\n{"a":2}\n{"a":3}\n' })
})

test('CSV keeps one header, and counts a record with line ends inside of quotes once', async () => {
  expect(await merged(csvFormat, ['a,b\r\n1,"x\r\ny"\r\n', 'a,b\r\n2,z\r\n', 'a,b\r\n'])).toEqual({ rows: 2, text: 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n' })
})

test('CSV files of other columns have another shape', async () => {
  const shape = async (text: string) => (await csvFormat.open(bytes(text))).shape
  expect(await shape('a,b\r\n1,2\r\n')).toBe(await shape('a,b\r\n'))
  expect(await shape('a,b\r\n')).not.toBe(await shape('b,a\r\n'))
})
