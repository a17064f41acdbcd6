import { expect, it } from 'vitest'
import { Lines } from './lines.ts'

it('holds the places of lines, more than it has room for at first', () => {
  const lines = new Lines()
  const bytes = new Uint8Array(8)
  for (let i = 0; i < 3000; i++) lines.add(bytes, i, i + 1, 2 ** 40 + i)
  expect(lines.length).toBe(3000)
  for (const i of [0, 1023, 1024, 2999]) expect([lines.starts[i], lines.ends[i], lines.offsets[i]]).toEqual([i, i + 1, 2 ** 40 + i])
  expect(lines.bytes).toBe(bytes)
})

it('forgets the lines and their bytes when it is cleared', () => {
  const lines = new Lines()
  lines.add(new Uint8Array(8), 0, 1, 0)
  lines.clear()
  expect([lines.length, lines.bytes.length]).toEqual([0, 0])
})
