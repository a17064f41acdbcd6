import { describe, expect, test } from 'vitest'
import { hasJava } from '../broker/jars.ts'
import { wideBounds } from './judge.ts'
import { type SoakOptions, soak } from './run.ts'

// A short soak; `pnpm soak --minutes 30` is the long one. It kills its broker, so it needs one of its own.
const java = await hasJava()
if (!java && process.env.CI) throw new Error('no Java 17 with Maven, for a broker that may be killed')

const short: SoakOptions = { seconds: 75, rate: 300, round: 60, every: 1.5, range: 500, compactEvery: 8_000, judgeFrom: 0.4, bounds: wideBounds }

describe.skipIf(!java)('a pipeline to which things happen', () => {
  test('writes each row once, and nothing grows', { timeout: 300_000 }, async () => {
    const { failures, verdict, produced, mishaps, samples } = await soak(short)
    expect(failures).toEqual([])
    expect(produced).toBe(short.seconds * short.rate)
    // Each ticket is in the files, in the lake, and the urgent ones twice more.
    expect(verdict.rows).toBeGreaterThan(2.5 * produced)
    expect([...new Set(mishaps.map(({ what }) => what))]).toEqual([
      'broker killed and restarted',
      'slow sink',
      'second member joins and leaves',
      'compaction',
    ])
    expect(samples.length).toBeGreaterThan(30)
    expect(Math.max(...samples.map(({ backlog }) => backlog))).toBeGreaterThan(0)
  })

  test('is caught when it leaks memory, handles and files', { timeout: 300_000 }, async () => {
    const { failures, judgements, verdict } = await soak({ ...short, seconds: 45, every: 1, leak: ['memory', 'handles', 'files'] })
    const growing = judgements.filter(({ isFlat }) => !isFlat).map(({ what }) => what)
    expect(growing).toEqual(expect.arrayContaining(['rss', 'heap', 'handles', 'hiddenFiles']))
    expect(growing).not.toContain('logBytes')
    expect(failures.length).toBe(growing.length)
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0 })
  })
})
