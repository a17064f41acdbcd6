import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { nodeFiles } from '../files/file-layer.ts'
import { commitLog } from './commit-log.ts'
import { removeLeftovers } from './leftovers.ts'

const pipeline = { name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} }
let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'leftovers-'))
  await commitLog(path).begin(pipeline)
})
afterEach(() => rm(path, { recursive: true, force: true }))

it('what killed starts have left is removed by the next one, and nothing that may be in use', async () => {
  const left = ['.trial-1-a.tmp', '.trial-1-b.tmp', '.pipeline-1.tmp', 'note.tmp']
  for (const name of [...left, '.trial-2-a.tmp']) {
    await writeFile(join(path, name), '')
    const age = name.includes('-2-') ? 0 : 120
    await utimes(join(path, name), Date.now() / 1000 - age, Date.now() / 1000 - age)
  }
  await commitLog(path).begin(pipeline)
  expect((await readdir(path)).sort()).toEqual(['.trial-2-a.tmp', 'note.tmp', 'pipeline.json', 'x'])
})

it('what is left of a file that no process can create any more goes at once', async () => {
  const left = ['.commit-1.json-', '.commit-2.json-'].map((name) => `${name}${globalThis.crypto.randomUUID()}.tmp`)
  for (const name of left) await writeFile(join(path, name), '')
  await removeLeftovers(nodeFiles, path, (name) => name === '1.json')
  expect((await readdir(path)).sort()).toEqual([left[1], 'pipeline.json', 'x'])
})

it('does nothing in a folder that does not exist', async () => {
  await expect(removeLeftovers(nodeFiles, join(path, 'absent'))).resolves.toBeUndefined()
})
