import { expect, test } from 'vitest'
import { storageAt } from '../disk/disk-storage.ts'
import { checkName, targetOf } from './target-name.ts'

test('what cannot be part of a file name is refused', () => {
  for (const name of ['', '.', '../x', 'a/b', 'a b']) expect(() => checkName('the id of a log', name)).toThrowError(/the id of a log/)
  expect(() => checkName('the id of a log', 'log-1_a.b')).not.toThrow()
})

test('a target is known by its path, or by its address', () => {
  const storage = storageAt('/data/tickets')
  expect(targetOf(storage)).toBe('file:/data/tickets')
  expect(targetOf({ ...storage, location: 's3://bucket/tickets' })).toBe('s3://bucket/tickets')
})
