import { expect, test } from 'vitest'
import { envelopeOf } from './options.ts'

test('knows values that are rows, and the envelope of Debezium', () => {
  expect([envelopeOf(undefined), envelopeOf('debezium')]).toEqual([null, 'debezium'])
  for (const wrong of ['maxwell', null, true]) expect(() => envelopeOf(wrong)).toThrow("envelope is 'debezium' or left out, got ")
})
