import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Spool, spoolPath, writeWhole } from './spool.ts'

let home = ''
let path = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-spool-'))
  path = join(home, 'rows', 'q.jsonl')
})
afterEach(() => rm(home, { recursive: true, force: true }))

const line = (partition: number, offset: number) => JSON.stringify({ id: offset, ROWPARTITION: partition, ROWOFFSET: offset })
async function* lines(...all: string[]) {
  yield* all
}
const text = () => readFile(path, 'utf8')

it('each query of each server has a file of its own', () => {
  const paths = [
    spoolPath('s', 't', 'http://a', 'SELECT 1;'),
    spoolPath('s', 't', 'http://a', 'SELECT 2;'),
    spoolPath('s', 't', 'http://b', 'SELECT 1;'),
    spoolPath('s', 'u', 'http://a', 'SELECT 1;'),
  ]
  expect(new Set(paths).size).toBe(4)
  expect(spoolPath('s', 't', 'http://a', 'SELECT 1;')).toBe(paths[0])
})

describe('writeWhole', () => {
  it('writes all lines, however many', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => line(0, i))
    await writeWhole(path, lines(...many))
    expect((await text()).trimEnd().split('\n')).toEqual(many)
  })

  it('leaves nothing behind of lines that end in an error', async () => {
    async function* failing() {
      yield line(0, 0)
      throw new Error('cut')
    }
    await expect(writeWhole(path, failing())).rejects.toThrow('cut')
    expect(await readdir(join(home, 'rows'))).toEqual([])
  })

  it('keeps the file of the first of two writers whole', async () => {
    await Promise.all([writeWhole(path, lines('a', 'b')), writeWhole(path, lines('c', 'd'))])
    expect(['a\nb\n', 'c\nd\n']).toContain(await text())
    const before = await text()
    await writeWhole(path, lines('later'))
    expect(await text()).toBe(before)
    expect(await readdir(join(home, 'rows'))).toEqual(['q.jsonl'])
  })
})

describe('a spool', () => {
  it('takes each row once, by partition and offset, also after it was opened again', async () => {
    const spool = await Spool.open(path)
    const take = (partition: number, offset: number) => spool.isNew(partition, offset)
    expect([take(0, 5), take(0, 5), take(0, 4), take(0, 6), take(1, 0)]).toEqual([true, false, false, true, true])
    for (const [partition, offset] of [
      [0, 5],
      [0, 6],
      [1, 0],
    ] as const)
      await spool.add(line(partition, offset))
    await spool.close()
    const again = await Spool.open(path)
    expect([again.isNew(0, 6), again.isNew(0, 7), again.isNew(1, 0), again.isNew(2, 0)]).toEqual([false, true, false, true])
    await again.close()
  })

  it('keeps lines in their order, also those that come while one is written', async () => {
    const spool = await Spool.open(path)
    const all = Array.from({ length: 2500 }, (_, i) => line(0, i))
    await Promise.all(all.map((one) => spool.add(one)))
    await spool.flush()
    expect((await text()).trimEnd().split('\n')).toEqual(all)
    await spool.close()
  })

  it('takes back the part of a row that a crash left, and asks for that row again', async () => {
    const spool = await Spool.open(path)
    await spool.add(line(0, 1))
    await spool.close()
    await writeFile(path, `${line(0, 1)}\n{"id":2,"pageé`)
    const again = await Spool.open(path)
    expect(again.isNew(0, 2)).toBe(true)
    await again.add(line(0, 2))
    await again.close()
    expect(await text()).toBe(`${line(0, 1)}\n${line(0, 2)}\n`)
  })

  it('keeps a whole row whose end of line a crash took, and takes it no second time', async () => {
    await writeWhole(path, lines(line(0, 1)))
    await writeFile(path, `${line(0, 1)}\n${line(0, 2)}`)
    const again = await Spool.open(path)
    expect(again.isNew(0, 2)).toBe(false)
    await again.add(line(0, 3))
    await again.close()
    expect(await text()).toBe(`${[1, 2, 3].map((offset) => line(0, offset)).join('\n')}\n`)
  })

  it('tells the next caller that a line could not be written', async () => {
    const spool = await Spool.open(path)
    await spool.close()
    await expect(
      spool.add(line(0, 1)).then(() => spool.flush()),
      'the file is closed',
    ).rejects.toThrow()
    await expect(spool.add(line(0, 2))).rejects.toThrow()
  })
})

describe('the lock of a spool', () => {
  it('refuses a second reader while the first one lives, and names it', async () => {
    const spool = await Spool.open(path)
    await expect(Spool.open(path)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(`process ${process.pid} `) })
    await spool.close()
    await (await Spool.open(path)).close()
    expect(await readdir(join(home, 'rows'))).toEqual(['q.jsonl'])
  })

  it.each(['of a process that was killed', 'that was left empty'])('is taken over: one %s', async (what) => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await (await Spool.open(path)).close()
    await writeFile(`${path}.lock`, what === 'that was left empty' ? '' : String(child.pid))
    await (await Spool.open(path)).close()
    expect(await readdir(join(home, 'rows'))).toEqual(['q.jsonl'])
  })
})
