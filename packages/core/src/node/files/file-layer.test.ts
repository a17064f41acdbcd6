import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeOf, nodeFiles, unless } from './file-layer.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-layer-'))
  path = join(folder, 'a')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)
const text = async (at = path) => Buffer.from(await nodeFiles.readFile(at)).toString()
async function* stream(...parts: readonly (string | Error)[]) {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield bytes(part)
  }
}

describe('writing a file', () => {
  it('writes all parts in their order', async () => {
    await nodeFiles.writeFile(path, ['a', '', 'bc', 'd'].map(bytes))
    expect(await text()).toBe('abcd')
    expect(await nodeFiles.writeStream(path, stream('12', '', '345'))).toBe(5)
    expect(await text()).toBe('12345')
    await nodeFiles.writeFile(path, [])
    expect(await text()).toBe('')
  })

  it.each([
    ['writeFile', () => nodeFiles.writeFile(path, [bytes('new')])],
    ['writeStream', () => nodeFiles.writeStream(path, stream('new'))],
  ])('%s replaces a file, and leaves what was published of it under another name', async (_, write) => {
    await nodeFiles.writeFile(path, [bytes('published')])
    const other = join(folder, 'b')
    await nodeFiles.link(path, other)
    await write()
    expect([await text(), await text(other)]).toEqual(['new', 'published'])
  })

  it('that fails half way closes the file, so that the next attempt writes it whole', async () => {
    await expect(nodeFiles.writeStream(path, stream('1', new Error('encoder')))).rejects.toThrow('encoder')
    await nodeFiles.writeStream(path, stream('123'))
    expect(await text()).toBe('123')
  })

  it('never writes into a folder', async () => {
    await mkdir(path)
    await expect(nodeFiles.writeFile(path, [])).rejects.toThrow()
    expect(await readdir(path)).toEqual([])
  })
})

describe('names', () => {
  it('a link never replaces what has the name', async () => {
    await writeFile(path, 'a')
    await writeFile(join(folder, 'b'), 'b')
    await expect(nodeFiles.link(path, join(folder, 'b'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await text(join(folder, 'b'))).toBe('b')
  })

  it('are listed, changed and removed', async () => {
    await writeFile(path, 'a')
    await nodeFiles.rename(path, join(folder, 'b'))
    expect(await nodeFiles.readFolder(folder)).toEqual(['b'])
    await nodeFiles.unlink(join(folder, 'b'))
    await nodeFiles.syncFolder(folder)
    await nodeFiles.removeFolder(folder)
    await expect(nodeFiles.readFolder(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('a folder that holds something is not removed', async () => {
    await writeFile(path, 'a')
    await expect(nodeFiles.removeFolder(folder)).rejects.toMatchObject({ code: 'ENOTEMPTY' })
    expect(await text()).toBe('a')
  })
})

describe('making a folder', () => {
  it('says whether there was one, also behind a link', async () => {
    expect([await nodeFiles.makeFolder(path), await nodeFiles.makeFolder(path)]).toEqual([true, false])
    await symlink(path, join(folder, 'link'))
    expect(await nodeFiles.makeFolder(join(folder, 'link'))).toBe(false)
  })

  it('fails where a file has the name, or the folder above is not there', async () => {
    await writeFile(path, '')
    await expect(nodeFiles.makeFolder(path)).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(nodeFiles.makeFolder(join(path, 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(nodeFiles.makeFolder(join(folder, 'b', 'c'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('looking at a path', () => {
  it('says what stands there, how large it is and when it was written', async () => {
    await writeFile(path, 'abc')
    await utimes(path, 1_700_000_000, 1_700_000_000)
    expect(await nodeFiles.stat(path)).toMatchObject({ kind: 'file', size: 3, modified: 1.7e12 })
    expect(await nodeFiles.stat(folder)).toMatchObject({ kind: 'folder' })
    expect(await nodeFiles.stat('/dev/null')).toMatchObject({ kind: 'other' })
    expect(await nodeFiles.stat(join(folder, 'b'))).toBeNull()
  })

  it('gives two names of one file the same identity, and another file of the same content another one', async () => {
    const identity = async (name: string) => (await nodeFiles.stat(join(folder, name)))?.identity
    await writeFile(path, 'abc')
    await nodeFiles.link(path, join(folder, 'b'))
    await writeFile(join(folder, 'c'), 'abc')
    expect(await identity('b')).toBe(await identity('a'))
    expect(await identity('c')).not.toBe(await identity('a'))
  })

  it('takes a link for what it leads to, and for nothing where that is gone', async () => {
    await symlink(path, join(folder, 'link'))
    expect(await nodeFiles.stat(join(folder, 'link'))).toBeNull()
    await writeFile(path, 'abc')
    expect(await nodeFiles.stat(join(folder, 'link'))).toMatchObject({ kind: 'file', size: 3 })
  })

  it('fails where nobody can tell, rather than say that nothing is there', async () => {
    await writeFile(path, '')
    await expect(nodeFiles.stat(join(path, 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})

it('returns another value for the given codes, and throws all others', async () => {
  const fails = (code: string) => Promise.reject(Object.assign(new Error(code), { code }))
  expect(await unless(Promise.resolve(1), ['ENOENT'], null)).toBe(1)
  expect(await unless(fails('ENOENT'), ['EEXIST', 'ENOENT'], null)).toBeNull()
  await expect(unless(fails('EACCES'), ['ENOENT'], null)).rejects.toThrow('EACCES')
})

it('reads the code of an error of the operating system, and none of anything else', async () => {
  expect(await readFile(path).catch(codeOf)).toBe('ENOENT')
  expect([new Error('a'), null, 'ENOENT', { code: 3 }].map(codeOf)).toEqual(['', '', '', ''])
})
