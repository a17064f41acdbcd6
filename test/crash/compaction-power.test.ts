import { compact } from '@tickets/sinks'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { type Cut, type Kind, PoweredLake } from './powered-lake.ts'
import { Random } from './random.ts'

// Thousands of small files, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

/** One process: where it is cut off, and which share of what it had not synced the disk keeps; null when only the process was lost. */
interface Death extends Cut {
  readonly share: number | null
}

const plain: Kind = { format: 'json' }
const divided: Kind = { format: 'json', options: { partitionBy: ['kindOrNull'] } }
const parquet: Kind = { format: 'parquet' }
const SHARES = [0, 0.3, 0.7]

const lakes = new Map<Kind, Promise<PoweredLake>>()
const made: PoweredLake[] = []
afterAll(() => {
  for (const lake of made) lake.remove()
})

async function lakeOf(kind: Kind): Promise<PoweredLake> {
  let template = lakes.get(kind)
  if (!template) {
    template = PoweredLake.make(kind)
    lakes.set(kind, template)
    made.push(await template)
  }
  const copy = (await template).copy()
  made.push(copy)
  return copy
}

const distinct = (numbers: readonly number[]) => [...new Set(numbers)]

/** What holds whatever was lost: of what was published each row once, of a head all or nothing; and a glob finds each row. */
async function check(lake: PoweredLake, where: string): Promise<void> {
  const listed = await lake.listed()
  const heads = lake.heads.filter((numbers) => numbers.some((number) => listed.includes(number)))
  expect(listed, `${where}: listed`).toEqual([...lake.settled, ...heads.flat()].sort((a, b) => a - b))
  expect(distinct(await lake.globbed()), `${where}: globbed`).toEqual(expect.arrayContaining(lake.settled))
}

/** Compactions one after the other, each cut off; then the pipeline starts again, and one comes to its end. */
async function trial(kind: Kind, deaths: readonly Death[], seed = 1): Promise<void> {
  const lake = await lakeOf(kind)
  const random = new Random(seed)
  const story = deaths.map(({ after, torn, share }) => `${after}${torn ? ' torn' : ''}, of the rest ${share ?? 'all'}`).join('; ')
  for (const [i, { share, ...cut }] of deaths.entries()) {
    const files = lake.files(cut)
    try {
      if (i > 0) await lake.recover(files)
      await compact(lake.dir, { files })
    } catch (error) {
      if (!String(error).includes('the process died')) throw error
    }
    if (share !== null) lake.losePower(share, random)
    await check(lake, `${story}: death ${i}`)
  }
  await lake.recover(lake.files())
  expect(await lake.listed(), `${story}: recovered`).toEqual(lake.all)
  expect(distinct(await lake.globbed()), `${story}: recovered`).toEqual(lake.all)
  await compact(lake.dir, { files: lake.files() })
  expect(await lake.listed(), `${story}: compacted`).toEqual(lake.all)
  expect(await lake.globbed(), `${story}: compacted`).toEqual(lake.all)
  expect(lake.leftovers(), `${story}: left behind`).toEqual([])
  lake.losePower(0, random)
  expect(await lake.listed(), `${story}: compacted, and power lost`).toEqual(lake.all)
  lake.remove()
}

/** The changes of a compaction that nothing cuts off. */
async function changesOf(kind: Kind): Promise<readonly string[]> {
  const calls: string[] = []
  const lake = await lakeOf(kind)
  await compact(lake.dir, { files: lake.files({ calls }) })
  return calls
}

/** All of it takes a minute or two; a run of every day takes each change once or twice. */
const thorough = process.env.POWER_ALL !== undefined

describe.each([
  ['in one folder', plain, 1],
  ['in partitions', divided, 2],
] as const)('power is lost, %s', (_, kind, step) => {
  test('after every change of a compaction', async () => {
    const changes = await changesOf(kind)
    expect(changes.length).toBeGreaterThan(25)
    for (let after = 1; after <= changes.length; after += thorough ? 1 : step) {
      const some = [SHARES[(after >> (step - 1)) % 3] ?? 0]
      for (const share of thorough ? SHARES : some) await trial(kind, [{ after, share }], after)
      if (changes[after - 1]?.startsWith('write')) await trial(kind, [{ after, torn: true, share: 0.7 }], after)
    }
  })

  test('twice: again while the pipeline starts and the next compaction finishes, or after a mere crash', async () => {
    const { length } = await changesOf(kind)
    const random = new Random(7)
    for (let after = 1; after <= length; after += thorough ? 1 : step * 2) {
      for (const share of thorough ? [null, ...SHARES] : [random.pick([null, ...SHARES])]) {
        const next = { after: random.int(1, length + 10), share: random.pick(SHARES) }
        await trial(kind, [{ after, share }, next], after)
      }
    }
  })
})

test('power is lost, Parquet', async () => {
  const { length } = await changesOf(parquet)
  for (let after = 2; after <= length; after += thorough ? 1 : 5) await trial(parquet, [{ after, share: SHARES[after % 3] ?? 0 }], after)
})

/** Whether any of these trials finds the fault, from the last change to the first. */
async function isSeen(trials: (after: number) => readonly (readonly Death[])[]): Promise<boolean> {
  const { length } = await changesOf(plain)
  for (let after = length; after > 0; after--) {
    for (const deaths of trials(after)) {
      const found = await trial(plain, deaths, after).catch((error: unknown) => error)
      if (found !== undefined) return true
    }
  }
  return false
}

const isFolder = (end: string) => (path: string, kind: string) => kind === 'folder' && path.endsWith(end)
const broken: Readonly<Record<string, NonNullable<Cut['deaf']>>> = {
  'any folder': (_, kind) => kind === 'folder',
  'the folder of the published names': isFolder('/out/lake'),
  'the folder of the record': isFolder('/.lake/log1'),
  'the record': (path, kind) => kind === 'file' && path.includes('/.lake/'),
  'the merged file': (path, kind) => kind === 'file' && path.includes('/.staging/'),
  'the folder of the merged file': (path, kind) => kind === 'folder' && path.includes('/compact/'),
}

describe('the check sees what is not synced', () => {
  test.each(Object.entries(broken))('%s', async (_, deaf) => {
    expect(await isSeen((after) => [0, 0.5].map((share) => [{ after, share, deaf }]))).toBe(true)
  })

  test('the record of another one, before it is finished', async () => {
    const changes = await changesOf(plain)
    // Its name was given, and not synced.
    const after = changes.indexOf('link') + 1
    const nexts = Array.from({ length: 14 }, (_, i) => 3 * i + 1)
    const trials = (deaf: Cut['deaf']) =>
      nexts.map((next) => [
        { after, share: null },
        { after: next, share: 0, ...(deaf && { deaf }) },
      ])
    expect(await isSeen((k) => (k === after ? trials(isFolder('/.lake/log1')) : []))).toBe(true)
    expect(await isSeen((k) => (k === after ? trials(undefined) : []))).toBe(false)
  })
})
