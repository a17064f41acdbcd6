import { describe, expect, it } from 'vitest'
import { refuseAddress } from './store-address.ts'

const refused = (path: string) => {
  try {
    refuseAddress(path)
  } catch (error) {
    return error
  }
  return null
}

describe('an address in place of a folder', () => {
  it.each([
    ['s3://shop/logs/tickets', "pass s3({ bucket: 'shop', prefix: 'logs/tickets' })"],
    ['s3://shop', "pass s3({ bucket: 'shop' })"],
    [' S3A://shop/', "pass s3({ bucket: 'shop' })"],
    ['gs://shop/logs', 'your own Storage'],
    ['file:///data/log', 'leave out "file://"'],
  ])('%j is refused with what to pass', (path, says) => {
    expect(refused(path)).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(says) })
  })

  it.each([['data/log'], ['/srv/s3/log'], ['c:/logs'], ['data/s3://x'], ['']])('%j is a folder', (path) => {
    expect(refused(path)).toBeNull()
  })
})
