import { expect, it } from 'vitest'
import { RecordNews } from './record-news.ts'

it('wakes all that wait, and then waits for the next announcement', async () => {
  const news = new RecordNews()
  const woken: string[] = []
  const waiting = [news.next.then(() => woken.push('merge')), news.next.then(() => woken.push('run'))]
  await Promise.resolve()
  expect(woken).toEqual([])
  news.announce()
  await Promise.all(waiting)
  expect(woken).toEqual(['merge', 'run'])
  let again = false
  news.next.then(() => {
    again = true
  })
  await new Promise((resolve) => setTimeout(resolve, 1))
  expect(again).toBe(false)
})

it('keeps nothing for those that come later, but never misses an announcement made after `next` was read', async () => {
  const news = new RecordNews()
  news.announce()
  const { next } = news
  news.announce()
  await expect(next).resolves.toBeUndefined()
})
