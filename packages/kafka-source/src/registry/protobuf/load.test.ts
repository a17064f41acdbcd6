import { expect, test } from 'vitest'
import { loadProtobufjs, protobufjs } from './load.ts'

test('the library is there once it is loaded', async () => {
  expect(() => protobufjs()).toThrow('protobufjs is not loaded yet')
  await loadProtobufjs()
  expect(protobufjs().Root).toBeTypeOf('function')
})
