import { expect, it } from 'vitest'
import { quickClock } from './quick-clock.ts'

it('shortens pauses', async () => {
  const began = performance.now()
  await quickClock.sleep(10_000)
  expect(performance.now() - began).toBeLessThan(5000)
})

it('does not shorten deadlines, which an abort ends', async () => {
  const stop = new AbortController()
  let isOver = false
  const sleep = quickClock.sleep(10_001, stop.signal).then(() => {
    isOver = true
  })
  await new Promise((done) => setTimeout(done, 30))
  expect(isOver).toBe(false)
  stop.abort()
  await sleep
})

it('tells the time of the day', () => expect(Math.abs(quickClock.now() - Date.now())).toBeLessThan(1000))
