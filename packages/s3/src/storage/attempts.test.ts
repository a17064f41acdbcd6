import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

const task = { logId: 'log1', task: 'topic-0', flow: 'flow' }
const head = { n: 2, attempt: 'a' }
const place = 'lake/out'
const hidden = (n: number, attempt: string) => ({
  staging: `.staging/log1/flow/topic-0/${n}-${attempt}`,
  files: [{ name: 'part-log1-topic-0-2-0.bin', bytes: 1 }],
})

test('10.4 a number below the head goes, a higher one stays', () => {
  const attempts = new Attempts()
  expect(attempts.isSweepable(place, task, { id: 'u', n: 1 }, head)).toBe(true)
  expect(attempts.isSweepable(place, task, { id: 'u', n: 3 }, head)).toBe(false)
})

test('10.4 at the number of the head, what this process has staged is known by its attempt', () => {
  const attempts = new Attempts()
  attempts.staged('own', hidden(2, 'a').staging)
  attempts.staged('other', hidden(2, 'b').staging)
  expect(attempts.isSweepable(place, task, { id: 'own', n: 2 }, head)).toBe(false)
  expect(attempts.isSweepable(place, task, { id: 'other', n: 2 }, head)).toBe(true)
  attempts.ended('other')
  expect(attempts.isSweepable(place, task, { id: 'other', n: 2 }, head)).toBe(false)
})

test('10.4 at the number of the head, an unknown upload goes only once this process has published the head there', () => {
  const attempts = new Attempts()
  const unknown = { id: 'unknown', n: 2 }
  expect(attempts.isSweepable(place, task, unknown, head)).toBe(false)
  attempts.published(place, hidden(2, 'b'))
  expect(attempts.isSweepable(place, task, unknown, head)).toBe(false)
  attempts.published(place, hidden(2, 'a'))
  expect(attempts.isSweepable(place, task, unknown, head)).toBe(true)
  expect(attempts.isSweepable('lake/elsewhere', task, unknown, head)).toBe(false)
  expect(attempts.isSweepable(place, { ...task, task: 'topic-1' }, unknown, head)).toBe(false)
})

test('forgets the oldest uploads beyond its limit', () => {
  const attempts = new Attempts()
  for (let i = 0; i <= 10_000; i++) attempts.staged(`u${i}`, hidden(2, 'b').staging)
  expect(attempts.isSweepable(place, task, { id: 'u0', n: 2 }, head)).toBe(false)
  expect(attempts.isSweepable(place, task, { id: 'u1', n: 2 }, head)).toBe(true)
})
