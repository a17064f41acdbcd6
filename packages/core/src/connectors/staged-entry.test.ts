import { expect, test } from 'vitest'
import { isSweepable, readStaged, sizeOfStaged } from './staged-entry.ts'

test('3.8 a sweep takes lower numbers and other attempts at the head, and leaves the head and what comes after it', () => {
  const head = { n: 3, attempt: 'b' }
  expect(isSweepable({ n: 2, attempt: 'b' }, head)).toBe(true)
  expect(isSweepable({ n: 3, attempt: 'a' }, head)).toBe(true)
  expect(isSweepable(head, head)).toBe(false)
  expect(isSweepable({ n: 4, attempt: 'a' }, head)).toBe(false)
})

test('an entry that its sink does not recognise is a damaged log, with what to do', () => {
  const isRows = (entry: unknown): entry is { rows: number } => typeof (entry as { rows?: unknown }).rows === 'number'
  expect(readStaged({ rows: 3 }, 'memory:x', 'staged rows', isRows)).toEqual({ rows: 3 })
  expect(() => readStaged({ rows: '3' }, 'memory:x', 'staged rows', isRows)).toThrowError(
    expect.objectContaining({ code: 'LOG_DAMAGED', message: expect.stringContaining('memory:x') }),
  )
})

test('the files and bytes and bytes of an entry are read, and 0 for what it does not tell', () => {
  expect(
    sizeOfStaged({
      staging: 's',
      files: [
        { name: 'a', bytes: 10 },
        { name: 'b', bytes: 5 },
      ],
    }),
  ).toEqual({ files: 2, bytes: 15 })
  expect(sizeOfStaged({ n: 1, attempt: 'a', rows: 3, bytes: 70 })).toEqual({ files: 0, bytes: 70 })
  expect(sizeOfStaged({ files: [{ name: 'a' }, 'b', null] })).toEqual({ files: 3, bytes: 0 })
  expect(sizeOfStaged({})).toEqual({ files: 0, bytes: 0 })
})
