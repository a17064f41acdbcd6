import { expect, test } from 'vitest'
import { noRequests, requestKinds, rightFor } from './requests.ts'

test('every kind of request starts at 0 and has the right that it needs', () => {
  expect(Object.values(noRequests())).toEqual(requestKinds.map(() => 0))
  expect(Object.keys(rightFor)).toEqual([...requestKinds])
  expect(noRequests()).not.toBe(noRequests())
})
