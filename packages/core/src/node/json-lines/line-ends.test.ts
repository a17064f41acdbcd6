import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endOfLines, fileId, isLineStart, isWholeObject } from './line-ends.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-ends-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function inFile<R>(text: string, work: (handle: Awaited<ReturnType<typeof open>>, size: number) => Promise<R>): Promise<R> {
  const path = join(folder, 'a.jsonl')
  await writeFile(path, text)
  const handle = await open(path)
  return work(handle, Buffer.byteLength(text)).finally(() => handle.close())
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('endOfLines', () => {
  const whole = '{"a":1}\n'

  it.each([
    ['after the last line end', `${whole}${whole}`, 16],
    ['before a line that is being written', `${whole}{"a":`, 8],
    ['after a last line that is a whole object', `${whole}{"a":1}`, 15],
    ['before a number, which may still grow', `${whole}12`, 8],
    ['at 0 in an empty file', '', 0],
    ['before a line longer than one read', `${whole}"${'x'.repeat(200_000)}`, 8],
    ['after a line longer than one read', `${whole}"${'x'.repeat(200_000)}"\n`, 200_011],
  ])('ends %s', async (_, text, end) => expect(await inFile(text, endOfLines)).toBe(end))
})

it('knows where a line begins', async () => {
  const starts = await inFile('{}\r\n{}\n', (handle) => Promise.all([0, 1, 2, 3, 4, 5, 7, 100].map((at) => isLineStart(handle, at))))
  expect(starts).toEqual([true, false, true, true, true, false, true, true])
})

it('takes only an object for whole', () => {
  expect(['{}', '{"a":[1]}', ' {} '].map((text) => isWholeObject(bytes(text)))).toEqual([true, true, true])
  expect(['', '{', '[]', 'null', '1', '"a"', '{}{}'].map((text) => isWholeObject(bytes(text)))).toEqual(Array(7).fill(false))
  expect(isWholeObject(new Uint8Array([0x7b, 0xff, 0x7d]))).toBe(false)
})

describe('fileId', () => {
  it('stays when lines are added, and differs when the first line does', async () => {
    const one = await inFile('{"a":1}\n', fileId)
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(await inFile('{"a":1}\n{"a":2}\n', fileId)).toBe(one)
    expect(await inFile('{"a":2}\n', fileId)).not.toBe(one)
  })

  it('is null while there is no whole line', async () => expect(await inFile('{"a":', fileId)).toBeNull())
})
