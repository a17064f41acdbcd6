import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLayer, nodeFiles } from '../files/file-layer.ts'
import { checkLogFolder } from './preflight.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preflight-'))
})
afterEach(async () => {
  // Whatever came of it, nothing is left.
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true, force: true })
})

const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: made up`), { code }))
const check = (files: Partial<FileLayer> = {}) => checkLogFolder({ ...nodeFiles, ...files }, folder)

it('passes on a local disk, and leaves nothing behind', () => expect(check()).resolves.toBeUndefined())

it.each(['EXDEV', 'ENOTSUP', 'EPERM'])('refuses a file system that cannot link (%s), and says so', (code) =>
  expect(check({ link: () => failing(code) })).rejects.toMatchObject({
    code: 'LOG_UNUSABLE',
    message: expect.stringMatching(/cannot link files.*local disk/),
  }),
)

it('refuses a file system that links over a name that is taken', () =>
  expect(check({ link: copyFile })).rejects.toMatchObject({
    code: 'LOG_UNUSABLE',
    message: expect.stringContaining('links over a name that is taken'),
  }))

it.each([
  ['writing to', { writeFile: () => failing('EACCES') }],
  ['renaming in', { rename: () => failing('EACCES') }],
  ['syncing', { syncFolder: () => failing('EIO') }],
] as [string, Partial<FileLayer>][])('names the step that failed: %s', (step, files) =>
  expect(check(files)).rejects.toMatchObject({ code: 'LOG_UNUSABLE', message: expect.stringContaining(`${step} the log`) }),
)
