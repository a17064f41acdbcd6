import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFile } from './plain-file.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plain-file-'))
  path = join(folder, 'rows.jsonl')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function opened(at: string): Promise<{ size: number; text: string }> {
  const { handle, size } = await openFile(at)
  const { buffer } = await handle.read(Buffer.alloc(size), 0, size, 0).finally(() => handle.close())
  return { size, text: buffer.toString() }
}

/** The files that this process has open below the folder. */
async function openBelow(): Promise<string[]> {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return links.filter((link) => link.startsWith(folder))
}

it('opens a file for reading, with its size, by an absolute path, a relative one, or a link', async () => {
  await writeFile(path, '{"a":1}\n')
  const link = join(folder, 'link')
  await symlink(path, link)
  for (const at of [path, relative(process.cwd(), path), link]) expect(await opened(at)).toEqual({ size: 8, text: '{"a":1}\n' })
})

it('gives size and content of a packed file unpacked', async () => {
  await writeFile(path, gzipSync('{"a":1}\n'.repeat(10)))
  expect(await opened(path)).toEqual({ size: 80, text: '{"a":1}\n'.repeat(10) })
})

it('says which file is missing', async () => {
  await expect(openFile(path)).rejects.toMatchObject({
    code: 'SOURCE_MISSING',
    retryable: false,
    message: expect.stringContaining(`there is no file ${path}`),
  })
})

it('refuses what is no file, or no lines', async () => {
  await mkdir(path)
  await expect(openFile(path)).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('is no regular file') })
  await expect(openFile(join(path, 'a', '..'))).rejects.toMatchObject({ code: 'SOURCE_FAILED' })
  await writeFile(join(folder, 'a'), '[1,\n2]')
  await expect(openFile(join(folder, 'a'))).rejects.toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('JSON array') })
  await expect(openFile(join(folder, 'a', 'b'))).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    message: expect.stringContaining('a part of the path is a file'),
  })
})

it.runIf(process.platform === 'linux')('leaves no file open that it refused or unpacked', async () => {
  await mkdir(join(folder, 'folder'))
  await writeFile(join(folder, 'array'), '[1,\n2]')
  await writeFile(join(folder, 'cut'), gzipSync('{"a":1}\n').subarray(0, 12))
  await writeFile(join(folder, 'packed-array'), gzipSync('[1,\n2]'))
  for (const name of ['folder', 'array', 'cut', 'packed-array']) await expect(openFile(join(folder, name))).rejects.toThrow()
  await writeFile(path, gzipSync('{"a":1}\n'))
  await opened(path)
  expect(await openBelow()).toEqual([])
})
