import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Batch, defineSchema, filterColumn, generator, instant, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { compact, deleteRows, type FileFormat, fileSink, files, jsonSink, parquetSink } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { commit, duck, type Every, folder, range, sparse, task, tree } from '../../test/helpers.ts'
import { copyOf, dying, failingOnce, globbed, leftovers, numbersIn, publishRows, quick, row, taskNamed } from '../../test/lake-helpers.ts'

const quoted = (paths: readonly string[]) => `[${paths.map((path) => `'${path}'`).join(', ')}]`
const numbers = async (format: FileFormat, paths: readonly string[]): Promise<number[]> => {
  if (format === 'json') return numbersIn(paths)
  const found =
    format === 'csv'
      ? await duck(`SELECT small::INT AS small FROM read_csv(${quoted(paths)}, header = true, all_varchar = true)`)
      : await duck(`SELECT small::INT AS small FROM read_parquet(${quoted(paths)})`)
  return found.map(({ small }) => Number(small)).sort((a, b) => a - b)
}

describe.each(['parquet', 'json', 'csv'] as const)('%s', (format) => {
  test('6.5 the rows with a value are gone, the others stay as they are, and what was done is counted by file', async () => {
    const dir = await folder()
    const sink = fileSink<Every>(dir, { format }) as never
    await commit(sink, [row(1), row(2), row(1)], 0)
    await commit(sink, [row(3), { ...sparse, small: 4 }], 1)
    await commit(sink, [row(1)], 2)
    await commit(sink, [row(9)], 3)
    const untouched = (await readdir(dir)).filter((name) => /-[13]-0\./.test(name))
    const { rows, files: changed, waiting } = await deleteRows(dir, { small: 1 })
    expect([rows, changed, waiting]).toEqual([
      3,
      [
        { file: expect.stringContaining('-0-0-0.'), deleted: 2, left: 1 },
        { file: expect.stringContaining('-0-2-0.'), deleted: 1, left: 0 },
      ],
      [],
    ])
    expect(await numbers(format, await files(dir))).toEqual([2, 3, 4, 9])
    expect(await readdir(dir)).toEqual(expect.arrayContaining(untouched))
    // A second time there is nothing to do.
    expect(await deleteRows(dir, { small: '1' })).toEqual({ rows: 0, files: [], waiting: [] })
    await compact(dir)
    expect(await numbers(format, await files(dir))).toEqual([2, 3, 4, 9])
  })

  test('an unknown column is refused with the nearest one, and nothing changes', async () => {
    const dir = await folder()
    for (let n = 0; n < 3; n++) await commit(fileSink<Every>(dir, { format }) as never, [row(n)], n)
    const before = await tree(dir)
    await expect(deleteRows(dir, { smal: 1 })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/has no column "smal", so no rows were deleted\. Did you mean small\?/),
    })
    expect(await tree(dir)).toEqual(before)
  })
})

test('Arrow files lose rows too, and the footer still says which ranges they are of', async () => {
  const dir = await folder()
  for (let n = 0; n < 3; n++) await commit(fileSink<Every>(dir, { format: 'arrow' }) as never, [row(n), row(7)], n)
  expect(await deleteRows(dir, { small: 7 })).toMatchObject({ rows: 2, waiting: [{ file: 'part-log1-tickets-0-2-0.arrow', rows: 1 }] })
  const [first = ''] = await files(dir)
  expect(await readFile(first, 'latin1')).toContain('"task":"tickets-0","from":"0","to":"10"')
})

/** Rows of people, by a name that cannot be mistaken for something else. */
const Person = defineSchema(z.object({ at: instant(), who: z.string(), n: z.int(), user: z.object({ email: z.string() }) }), {
  name: 'person',
  time: 'at',
})
async function people(sink: typeof parquetSink | typeof jsonSink, options = {}): Promise<string> {
  const dir = await folder()
  const writer = await sink<z.infer<typeof Person.zod>>(dir, { files: quick, ...options }).open(taskNamed('people-0'), Person as never)
  for (let n = 0; n < 4; n++) {
    const rows = ['Zaphod', `Other${n}`].map((who) => ({ at: new Date(0), who, n, user: { email: `${who}@example.org` } }))
    await writer.write(Batch.of(Person, rows) as never)
    await writer.publish((await writer.stage(n, 'a', range(n, n + 1))) as never)
  }
  return dir
}
/** Every file in a dataset that holds a text, hidden ones too. */
async function holding(dir: string, text: string): Promise<string[]> {
  const all = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const paths = all.map((entry) => join(entry.parentPath, entry.name))
  const found = await Promise.all(paths.map(async (path) => (path + (await readFile(path, 'latin1'))).includes(text)))
  return paths.filter((_, i) => found[i]).map((path) => basename(path))
}

test.each([
  ['parquet', parquetSink],
  ['json', jsonSink],
] as const)('%s: no file, hidden file, name or record holds the value, but the newest of its task, which is said', async (_, sink) => {
  const dir = await people(sink)
  expect(await deleteRows(dir, { 'user.email': 'Zaphod@example.org' })).toMatchObject({
    rows: 3,
    waiting: [{ file: expect.stringMatching(/-3-0\./), rows: 1 }],
  })
  expect(await holding(dir, 'Zaphod')).toEqual([expect.stringMatching(/^part-log1-people-0-3-0\./)])
  expect(await leftovers(dir)).toEqual([expect.stringMatching(/\.compaction$/)])
})

test('rows match in all columns, and one of several values is enough', async () => {
  const dir = await people(parquetSink)
  expect(await deleteRows(dir, { who: 'Zaphod', n: [0, 2, 8] })).toMatchObject({ rows: 2, waiting: [] })
  expect(await deleteRows(dir, { who: ['Other0', 'Other1', 'Other3'] })).toMatchObject({ rows: 2, waiting: [{ rows: 1 }] })
})

test('files that lack a column, which others have, keep their rows', async () => {
  const dir = await people(jsonSink)
  await writeFile(join(dir, 'part-log1-people-1-0-0.jsonl'), '{"other":1}\n')
  await writeFile(join(dir, 'part-log1-people-1-1-0.jsonl'), '')
  expect(await deleteRows(dir, { who: 'Zaphod' })).toMatchObject({ rows: 3 })
  expect(await readFile(join(dir, 'part-log1-people-1-0-0.jsonl'), 'utf8')).toBe('{"other":1}\n')
})

test.each([
  ['no column', {}, 'at least one column'],
  ['an empty text', { who: '' }, 'one of "who" is empty'],
  ['no value', { who: [] }, 'one of "who" is empty'],
  ['null', { who: null as never }, 'one of "who" is empty'],
  ['an object', { user: 'x' }, '"user" is of kind struct'],
])('%s is refused', async (_, where, says) => {
  const dir = await people(parquetSink)
  await expect(deleteRows(dir, where)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(says) })
})

test('a column in the names of folders is refused, since the record would hold its value', async () => {
  const dir = await people(parquetSink, { partitionBy: ['who'] })
  const refused = await deleteRows(dir, { who: 'Zaphod' }).then(
    () => expect.fail('it was not refused'),
    (error: Error) => error,
  )
  expect(refused).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(`bucket('who', …) in partitionBy`) })
  expect(refused.message).not.toContain('Zaphod')
})

test('a column whose name is escaped in the names of folders is refused too', async () => {
  const dir = await folder()
  await mkdir(join(dir, 'who%3Ais=Zaphod'))
  await writeFile(join(dir, 'who%3Ais=Zaphod', 'part-log1-people-0-0-0.jsonl'), '{}\n')
  await expect(deleteRows(dir, { 'who:is': 'Zaphod' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(`"who:is" is in the names of folders`),
  })
})

test('versions are named, and a folder without a dataset', async () => {
  const dir = await folder()
  await mkdir(join(dir, 'v1'))
  await expect(deleteRows(dir, { who: 'x' })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('/v1') })
  await expect(deleteRows(join(dir, 'none'), { who: 'x' })).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
})

test('a line that is no JSON is named by its file, and not quoted', async () => {
  const dir = await people(jsonSink)
  await writeFile(join(dir, 'part-log1-people-0-1-0.jsonl'), '{"who": Zaphod}\n')
  const error = await deleteRows(dir, { who: 'Ford' }).then(
    () => expect.fail('it was not refused'),
    (thrown: Error) => thrown,
  )
  expect(error).toMatchObject({
    code: 'SINK_FAILED',
    message: expect.stringContaining('part-log1-people-0-1-0.jsonl is no whole .jsonl file (a line is not JSON)'),
  })
  expect(`${error.stack}${String(error.cause)}`).not.toContain('Zaphod')
})

const kept = [1, 2, 4, 5, 6]
/** Seven ranges of one task; the rows 0 and 3 are to be deleted, which are in two files. */
async function seven(): Promise<string> {
  const dir = await folder()
  for (const [n, rows] of [[0, 1], [2], [3, 4], [5], [6]].entries()) await publishRows(dir, taskNamed('tickets-0'), n, rows, { files: quick })
  return dir
}
const gone = { small: [0, 3] }
const isSubset = (some: readonly number[], of: readonly number[]) => some.every((n) => of.includes(n))

test.each(['before', 'after', 'torn'] as const)(
  '6.5 a deletion that dies %s any call loses no other row and shows none twice, and is finished by the next one',
  async (how) => {
    const made = await seven()
    const whole = dying(Number.POSITIVE_INFINITY, 'before')
    expect(await deleteRows(await copyOf(made), gone, { files: whole })).toMatchObject({ rows: 2 })
    let recorded = 0
    for (let last = 1; last <= whole.calls.length; last++) {
      const dir = await copyOf(made)
      const where = `${how} call ${last}, ${whole.calls[last - 1]}`
      await deleteRows(dir, gone, { files: dying(last, how) }).then(
        () => expect.fail(`${where} was survived`),
        () => {},
      )
      const now = await numbersIn(await files(dir))
      expect([isSubset(kept, now), isSubset(now, [...kept, 0, 3]), new Set(now).size], where).toEqual([true, true, now.length])
      if ((await leftovers(dir)).some((path) => path.endsWith('.compaction'))) recorded++
      // A start of the pipeline finishes what was recorded, and a glob finds what the list has.
      await jsonSink(dir, { files: quick }).begin?.({ id: 'log1', takesOver: false, remove: [] })
      const finished = await numbersIn(await files(dir))
      expect([isSubset(kept, finished), isSubset(finished, now)], where).toEqual([true, true])
      expect(await numbersIn(await globbed(dir)), where).toEqual(finished)
      await deleteRows(dir, gone, { files: quick })
      expect(await numbersIn(await files(dir)), where).toEqual(kept)
      expect(await numbersIn(await globbed(dir)), where).toEqual(kept)
      expect(await leftovers(dir), where).toEqual([expect.stringMatching(/\.compaction$/)])
    }
    expect(recorded).toBeGreaterThan(2)
  },
)

test('one passing EIO at any call is reported or without consequence', async () => {
  const made = await seven()
  const whole = failingOnce(Number.POSITIVE_INFINITY)
  await deleteRows(await copyOf(made), gone, { files: whole })
  for (let at = 1; at <= whole.calls.length; at++) {
    const dir = await copyOf(made)
    const where = `call ${at}, ${whole.calls[at - 1]}`
    const error = await deleteRows(dir, gone, { files: failingOnce(at) }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    if (error) expect(error, where).toMatchObject({ code: expect.stringMatching(/^(SINK_FAILED|TARGET_UNUSABLE)$/) })
    else expect(await numbersIn(await globbed(dir)), where).toEqual(kept)
    await deleteRows(dir, gone, { files: quick })
    expect(await numbersIn(await globbed(dir)), where).toEqual(kept)
  }
})

test('a deletion and compactions at the same time leave none of the rows, and each other row once', async () => {
  for (let round = 0; round < 15; round++) {
    const dir = await folder()
    for (let n = 0; n < 8; n++) await publishRows(dir, task, n, [n, 100, 200 + n], { files: quick })
    await publishRows(dir, task, 8, [8], { files: quick })
    const others = [...Array.from({ length: 9 }, (_, n) => n), ...Array.from({ length: 8 }, (_, n) => 200 + n)]
    const [{ rows, waiting }] = await Promise.all([
      deleteRows(dir, { small: 100 }, { files: quick }),
      ...[0, 1].map(() => compact(dir, { files: quick })),
    ])
    expect([rows, waiting]).toEqual([8, []])
    await compact(dir, { files: quick })
    expect(await numbersIn(await files(dir))).toEqual(others)
    expect(await numbersIn(await globbed(dir))).toEqual(others)
  }
})

test('readers beside a pipeline and a deletion: the list has each other row once, a glob never finds too few', async () => {
  const path = await folder()
  const dir = join(path, 'tickets')
  let running = true
  const writing = pipeline({
    name: 'live',
    source: generator({ tickets: 4_000, rate: 2_000 }),
    log: commitLog(join(path, 'log')),
    range: { rows: 50 },
    flows: (tickets) => ({
      all: tickets.pipe(into(jsonSink(dir))),
      others: tickets.pipe(
        filterColumn('priority', (priority) => priority !== 'critical'),
        into(jsonSink(join(path, 'others'))),
      ),
    }),
  })
    .run({ handleSignals: false })
    .finally(() => {
      running = false
    })
  const tickets = async (paths: readonly string[]) => {
    const texts = await Promise.all(paths.map((one) => readFile(one, 'utf8')))
    const rows = texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line))
    return rows.filter(({ priority }) => priority !== 'critical').map(({ ticket_id }) => ticket_id as string)
  }
  let deleted = 0
  const deleting = (async () => {
    while (running) {
      deleted += (await deleteRows(dir, { priority: 'critical' }).catch(() => ({ rows: 0 }))).rows
      await new Promise((next) => setTimeout(next, 20))
    }
  })()
  let [least, looks] = [0, 0]
  while (running) {
    const list = await tickets(await files(dir).catch(() => [])).catch(() => null)
    if (list) expect(list.length).toBe(new Set(list).size)
    if (list) least = Math.max(least, list.length)
    const glob = await globbed(dir)
      .then(tickets)
      .catch(() => null)
    if (glob) expect(new Set(glob).size).toBeGreaterThanOrEqual(list ? least : 0)
    if (list && glob) looks++
    await new Promise((next) => setTimeout(next, 5))
  }
  await Promise.all([writing, deleting])
  expect([deleted > 0, looks > 3]).toEqual([true, true])
  const { waiting } = await deleteRows(dir, { priority: 'critical' })
  const left = (await Promise.all((await files(dir)).map((one) => readFile(one, 'utf8')))).join('').split('\n').filter(Boolean)
  const critical = left.filter((line) => JSON.parse(line).priority === 'critical')
  expect(critical).toHaveLength(waiting.reduce((sum, { rows }) => sum + rows, 0))
  const others = await tickets(await files(join(path, 'others')))
  expect((await tickets(await files(dir))).sort()).toEqual(others.sort())
  expect([others.length > 1_000, left.length - critical.length]).toEqual([true, others.length])
})
