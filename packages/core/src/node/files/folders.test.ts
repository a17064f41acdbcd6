import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nodeFiles } from './file-layer.ts'
import { removeFolderWithFiles } from './folders.ts'

it('leaves a folder that another process writes into meanwhile for the next time (3.8)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folders-'))
  try {
    await writeFile(join(folder, 'a'), '')
    const files = {
      ...nodeFiles,
      unlink: async (path: string) => {
        await nodeFiles.unlink(path)
        await writeFile(join(folder, 'b'), '')
      },
    }
    await removeFolderWithFiles(files, folder)
    expect(await readdir(folder)).toEqual(['b'])
    await removeFolderWithFiles(nodeFiles, folder)
    await removeFolderWithFiles(nodeFiles, folder)
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
