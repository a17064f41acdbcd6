import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bare, LineReader, type Stopped } from './line-reader.ts'
import { Lines } from './lines.ts'

let folder: string
let path: string
let handle: FileHandle
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'line-reader-'))
  path = join(folder, 'a.jsonl')
  await writeFile(path, '')
  handle = await open(path)
})
afterEach(async () => {
  await handle.close()
  await rm(folder, { recursive: true, force: true })
})

const all = { rows: 1e6, bytes: 1e9, expired: () => false }
/** The lines as `[offset, text]`. */
const shown = ({ bytes, starts, ends, offsets, length }: Lines): [number, string][] =>
  Array.from({ length }, (_, i) => [offsets[i] as number, Buffer.from(bytes.subarray(starts[i], ends[i])).toString('latin1')])

/** Takes until the end, and returns each take with why it stopped. */
async function takeAll(reader: LineReader, limit = all): Promise<{ lines: [number, string][]; takes: number[]; last: Stopped }> {
  const [lines, takes] = [[] as [number, string][], [] as number[]]
  for (;;) {
    const into = new Lines()
    const last = await reader.take(into, limit)
    lines.push(...shown(into))
    takes.push(into.length)
    if (last !== 'full') return { lines, takes, last }
  }
}

it('gives lines with the byte at which they begin, without line ends, empty lines and the byte order mark', async () => {
  const text = '\ufeffa\n\n\r\nbé\r\n\ufeffc\n'
  await writeFile(path, text)
  const size = Buffer.byteLength(text)
  const { lines, last } = await takeAll(new LineReader(handle, 0, size))
  expect(lines).toEqual([
    [0, 'a'],
    [8, 'b\u00c3\u00a9'],
    [13, '\u00ef\u00bb\u00bfc'],
  ])
  expect(last).toBe('stop')
})

describe('the limits of a take', () => {
  beforeEach(() => writeFile(path, 'aaa\nbb\nccccc\nd\n'))

  it.each([
    [{ rows: 1 }, [1, 1, 1, 1]],
    [{ rows: 3 }, [3, 1]],
    [{ rows: 4 }, [4]],
    [{ bytes: 5 }, [2, 1, 1]],
    [{ bytes: 6 }, [2, 2]],
    [{ bytes: 1 }, [1, 1, 1, 1]],
  ])('%j', async (limit, takes) => {
    const seen = await takeAll(new LineReader(handle, 0, 15), { ...all, ...limit })
    expect(seen.takes).toEqual(takes)
    expect(seen.lines.map(([, text]) => text)).toEqual(['aaa', 'bb', 'ccccc', 'd'])
  })

  it('leave the position behind the last line taken', async () => {
    const reader = new LineReader(handle, 0, 15)
    const lines = new Lines()
    expect(await reader.take(lines, { ...all, rows: 2 })).toBe('full')
    expect([reader.position, shown(lines)]).toEqual([
      7,
      [
        [0, 'aaa'],
        [4, 'bb'],
      ],
    ])
  })

  it('end a take whose time is over before the file is touched', async () => {
    const reader = new LineReader(handle, 0, 15)
    const lines = new Lines()
    expect(await reader.take(lines, { ...all, expired: () => true })).toBe('full')
    expect([lines.length, reader.position]).toEqual([0, 0])
    expect((await takeAll(reader)).lines).toHaveLength(4)
  })
})

describe('the end', () => {
  it('ends the line that reaches the stop, and looks at nothing behind it', async () => {
    await writeFile(path, 'aaa\nbbb\nccc\n')
    expect(await takeAll(new LineReader(handle, 0, 6))).toMatchObject({
      last: 'stop',
      lines: [
        [0, 'aaa'],
        [4, 'bb'],
      ],
    })
    expect(await takeAll(new LineReader(handle, 4, 8))).toMatchObject({ last: 'stop', lines: [[4, 'bbb']] })
    expect(await takeAll(new LineReader(handle, 4, 4))).toMatchObject({ last: 'stop', lines: [] })
  })

  it('keeps an unfinished line of a file that may grow, and reads on where it was', async () => {
    await writeFile(path, 'aaa\nb')
    const reader = new LineReader(handle, 0, Number.POSITIVE_INFINITY)
    expect(await takeAll(reader)).toMatchObject({ last: 'short', lines: [[0, 'aaa']] })
    expect([reader.position, Buffer.from(reader.rest).toString()]).toEqual([4, 'b'])
    await writeFile(path, 'aaa\nbbb\ncc')
    expect(await takeAll(reader)).toMatchObject({ last: 'short', lines: [[4, 'bbb']] })
  })

  it('gives the unfinished line as one that ended, once', async () => {
    await writeFile(path, 'aaa\n{"b":1}\r')
    const reader = new LineReader(handle, 0, Number.POSITIVE_INFINITY)
    await takeAll(reader)
    const lines = new Lines()
    reader.takeRest(lines)
    expect([shown(lines), reader.position]).toEqual([[[4, '{"b":1}']], 12])
    await writeFile(path, 'aaa\n{"b":1}\r\nccc\n')
    expect(await takeAll(reader)).toMatchObject({ lines: [[13, 'ccc']] })
  })

  it('says that a file ends before its stop', async () => {
    await writeFile(path, 'aaa\nbbb\n')
    const reader = new LineReader(handle, 0, 8)
    await truncate(path, 5)
    expect(await takeAll(reader)).toMatchObject({ last: 'short', lines: [[0, 'aaa']] })
  })
})

it('continues at the same place after a read that failed', async () => {
  await writeFile(path, 'aaa\nbbb\n')
  let failures = 1
  const read = (...args: [Buffer, number, number, number]) =>
    failures-- > 0 ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) : handle.read(...args)
  const reader = new LineReader({ read } as unknown as FileHandle, 0, 8)
  await expect(takeAll(reader)).rejects.toThrow('EIO')
  expect((await takeAll(reader)).lines).toEqual([
    [0, 'aaa'],
    [4, 'bbb'],
  ])
})

it('gives every line whole and once, however long lines are, however little a read gives, and whatever the limits are', async () => {
  const line = fc.oneof(
    { weight: 5, arbitrary: fc.stringMatching(/^[a-z\r]{0,9}$/) },
    { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 200_000 }).map((size) => 'x'.repeat(size)) },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }),
      fc.record({ rows: fc.integer({ min: 1, max: 4 }), bytes: fc.constantFrom(1, 12, 100_000, 1e9) }),
      async (texts, sizes, limit) => {
        const file = texts.join('\n')
        await writeFile(path, file)
        let reads = 0
        const read = (into: Buffer, offset: number, length: number, position: number) =>
          handle.read(into, offset, Math.min(length, sizes[reads++ % sizes.length] as number), position)
        const reader = new LineReader({ read } as unknown as FileHandle, 0, file.length)
        const { lines, last } = await takeAll(reader, { ...all, ...limit })
        let at = 0
        const expected = texts.flatMap((text): [number, string][] => {
          const start = at
          at += text.length + 1
          const kept = text.endsWith('\r') ? text.slice(0, -1) : text
          return kept === '' ? [] : [[start, kept]]
        })
        expect(lines).toEqual(expected)
        expect([last, reader.position]).toEqual(['stop', file.length])
      },
    ),
    { numRuns: 60 },
  )
})

it('takes line end and byte order mark off a single line', () => {
  const of = (text: string, offset: number) => Buffer.from(bare(Buffer.from(text), offset)).toString()
  expect([of('\ufeffa\r', 0), of('\ufeffa\r', 3), of('\r', 0), of('', 0)]).toEqual(['a', '\ufeffa', '', ''])
})
