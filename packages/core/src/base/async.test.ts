import { expect, test } from 'vitest'
import { deferred, yieldToEventLoop } from './async.ts'

test('a deferred promise settles from outside, once', async () => {
  const { promise, resolve, reject } = deferred<number>()
  resolve(1)
  resolve(2)
  reject(new Error('too late'))
  expect(await promise).toBe(1)
})

test('a rejection that nobody awaits yet does not end the process', async () => {
  const { promise, reject } = deferred<void>()
  reject(new Error('early'))
  await yieldToEventLoop()
  await expect(promise).rejects.toThrow('early')
})

test('yielding lets a timer run that is due', async () => {
  let fired = false
  setTimeout(() => (fired = true), 0)
  await new Promise((done) => setTimeout(done, 5))
  for (let i = 0; i < 3; i++) await yieldToEventLoop()
  expect(fired).toBe(true)
})
