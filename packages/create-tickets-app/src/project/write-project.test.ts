import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeProject } from './write-project.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'write-project-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const files = new Map([
  ['package.json', '{}'],
  ['src/deep/a.ts', 'a'],
])
const never = new AbortController().signal
/** Files of which the second stops it. */
function* stopping(stop: AbortController) {
  yield ['package.json', '{}'] as const
  stop.abort()
  yield ['src/a.ts', 'a'] as const
}

describe('a project', () => {
  test('is written into a new folder, with the rights of any other', async () => {
    await writeProject(join(home, 'apps/demo'), files, never)
    expect(await readFile(join(home, 'apps/demo/src/deep/a.ts'), 'utf8')).toBe('a')
    expect(await readdir(join(home, 'apps'))).toEqual(['demo'])
    await mkdir(join(home, 'other'))
    expect((await stat(join(home, 'apps/demo'))).mode).toBe((await stat(join(home, 'other'))).mode)
  })

  test('is written into an empty folder, or one that has a repository alone', async () => {
    await mkdir(join(home, 'demo/.git'), { recursive: true })
    await writeProject(join(home, 'demo'), files, never)
    expect((await readdir(join(home, 'demo'))).sort()).toEqual(['.git', 'package.json', 'src'])
  })

  test('is refused where files are, which stay as they are', async () => {
    await mkdir(join(home, 'demo'))
    for (const name of ['a', 'b', 'c', 'd']) await writeFile(join(home, 'demo', name), name)
    await expect(writeProject(join(home, 'demo'), files, never)).rejects.toThrow(/demo is not empty \(a, b, c, …\): choose another folder/)
    expect(await readdir(join(home, 'demo'))).toEqual(['a', 'b', 'c', 'd'])
    await expect(writeProject(join(home, 'demo/a'), files, never)).rejects.toThrow('is a file: choose another folder')
  })
})

describe('when it is stopped', () => {
  test('nothing of a new folder is left', async () => {
    const stop = new AbortController()
    const stopped = expect.objectContaining({ message: 'stopped: nothing was written', exitCode: 130 })
    await expect(writeProject(join(home, 'apps/demo'), stopping(stop), stop.signal)).rejects.toEqual(stopped)
    expect(await readdir(home)).toEqual([])
  })

  test('an empty folder is empty again', async () => {
    await mkdir(join(home, 'demo'))
    const stop = new AbortController()
    await expect(writeProject(join(home, 'demo'), stopping(stop), stop.signal)).rejects.toThrow('nothing was written')
    expect(await readdir(join(home, 'demo'))).toEqual([])
  })
})

test('a file that cannot be written leaves nothing, and says so', async () => {
  const clash = new Map([...files, ['package.json/x', 'a file cannot be a folder']])
  await expect(writeProject(join(home, 'demo'), clash, never)).rejects.toThrow(/demo cannot be written \(.*\): choose another folder/)
  expect(await readdir(home)).toEqual([])
})

test.skipIf(process.getuid?.() === 0)('a folder without rights is refused', async () => {
  await chmod(home, 0o500)
  await expect(writeProject(join(home, 'demo'), files, never)).rejects.toThrow('cannot be written')
  await chmod(home, 0o700)
})
