import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { line, readRows } from './rows.fixture.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-forms-'))
  path = join(folder, 'rows')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it.each([
  ['UTF-16', Buffer.from(`\ufeff${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['UTF-16 without a mark', Buffer.from(`${line('a')}\n`, 'utf16le'), 'UTF-16'],
  ['an array in one line', `[${line('a')},${line('b')}]\n`, 'jq -c'],
  ['an array over lines', `[\n${line('a')},\n${line('b')}\n]\n`, 'jq -c'],
])('%s is refused, with how to convert it', async (_, content, says) => {
  await writeFile(path, content)
  await expect(readRows(path)).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining(says) })
})

it.each([
  ['CR alone', `${line('a')}\r${line('b')}\r`, 'CR alone'],
  ['objects in one line', `${line('a')}${line('b')}`, 'in one line'],
  ['no line feed at all', line('a').slice(0, -3), 'no line feed'],
])('%s is warned of, once', async (_, content, says) => {
  await writeFile(path, content)
  const warnings: string[] = []
  const listen = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', listen)
  await readRows(path)
  await readRows(path)
  await new Promise((done) => setTimeout(done, 20))
  process.off('warning', listen)
  expect(warnings.filter((text) => text.includes(path))).toEqual([expect.stringContaining(says)])
})

it('a line that is an array is one line that is invalid', async () => {
  await writeFile(path, `[1]\n${line('a')}\n`)
  expect((await readRows(path)).map(([, text]) => text)).toEqual(['a'])
})

it('an empty file, and one whose only line is whole, are well', async () => {
  await writeFile(path, '')
  expect(await readRows(path)).toEqual([])
  await writeFile(path, line('a'))
  expect(await readRows(path)).toEqual([[0, 'a']])
})
