import { describe, expect, it } from 'vitest'
import { adviceFor, fileError, fullDisk } from './file-errors.ts'

const failed = (code: string, path?: string) => Object.assign(new Error(`${code}: made up`), { code, ...(path && { path }) })

describe('no space left', () => {
  it('is distinguished from no inodes left', () => {
    expect(fullDisk({ bavail: 10, ffree: 0, files: 100 })).toContain('inodes are used up')
    expect(fullDisk({ bavail: 0, ffree: 5, files: 100 })).toContain('disk is full')
    expect(fullDisk({ bavail: 0, ffree: 0, files: 100 })).toContain('disk is full')
    // btrfs and some network disks count no inodes.
    expect(fullDisk({ bavail: 10, ffree: 0, files: 0 })).toContain('disk is full')
  })

  it('is looked at where it happened, even if nothing is there', () => {
    for (const path of ['/', '/no/such/folder/file', undefined]) expect(adviceFor(failed('ENOSPC', path))).toMatch(/disk|inodes/)
  })
})

it('what passes by itself may be tried again', () => {
  expect(fileError(failed('ENOSPC'), 'LOG_UNUSABLE', 'writing').retryable).toBe(true)
  expect(fileError(failed('EACCES'), 'LOG_UNUSABLE', 'writing').retryable).toBe(false)
})
