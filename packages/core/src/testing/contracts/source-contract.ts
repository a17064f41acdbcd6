import type { Assignments, Chunk, Closable, Limit, PartitionInfo, Reader, Source } from '../../connectors/source.ts'
import { type Case, check, fails, isJson, same } from './case.ts'

/** A source with some rows in it, at least ten in its first partition. */
export interface SourceUnderTest<T, P> {
  /** Opens it anew, as another process would (of another group, where there are groups). */
  open: () => Source<T, P>
  /** A position that is not there yet; `open` must refuse it. */
  beyond?: P
  close?: () => Promise<void>
}

/** What the contract needs of a source. */
export interface SourceDriver<T, P> {
  make: () => Promise<SourceUnderTest<T, P>>
}

interface Member<T, P> {
  readonly source: Source<T, P>
  readonly info: readonly PartitionInfo<P>[]
  readonly assigned: readonly string[]
}

interface Message {
  readonly text: string
}

const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1 << 20, ms: 2000, signal: new AbortController().signal, ...more })
const PATIENCE = 30_000

const messagesOf = <T, P>({ batch, rejected }: Chunk<T, P>): Message[] => [
  ...batch.toArray().map((row) => ({ text: JSON.stringify(row) })),
  ...rejected.map(({ offset, value }) => ({ text: `rejected ${offset} ${value ? [...value].join(' ') : 'null'}` })),
]

/** Reads to `'end'`; `null` where that does not come in time. */
async function drain<T, P>(reader: Reader<T, P>, max: Partial<Limit> = {}): Promise<{ all: Message[]; after: { position: P; read: number }[] }> {
  const all: Message[] = []
  const after: { position: P; read: number }[] = []
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const chunk = await reader.read(limit(max))
    if (chunk === 'end') return { all, after }
    const messages = messagesOf(chunk)
    check(messages.length <= (max.rows ?? 1000), `a chunk of ${messages.length} messages, where ${max.rows} are the most`)
    all.push(...messages)
    after.push({ position: chunk.position, read: all.length })
    check(Date.now() < deadline, `no 'end' after ${PATIENCE} ms; read ${all.length} messages, at ${JSON.stringify(chunk.position)}`)
  }
}

const sorted = (messages: readonly Message[]) => messages.map(({ text }) => text).sort()

/** Returns everything that `Source` and `Reader` promise, law 7 above all, as cases for any test runner. */
export function sourceContract<T, P>({ make }: SourceDriver<T, P>): Case[] {
  const on = (name: string, run: (member: Member<T, P>, under: SourceUnderTest<T, P>) => Promise<void>): Case => ({
    name,
    run: async () => {
      const under = await make()
      const source = under.open()
      let closable: Closable | null = null
      try {
        const { partitions } = await source.describe()
        const { assigned, closing } = await join(source)
        closable = closing
        await run({ source, info: partitions, assigned }, under)
      } finally {
        await closable?.close()
        await under.close?.()
      }
    },
  })
  const readAll = async ({ source }: Member<T, P>, { id, start, end }: PartitionInfo<P>, max: Partial<Limit> = {}, from = start) => {
    const reader = await source.open(id, from, { to: end, maxFuture: Number.MAX_SAFE_INTEGER })
    try {
      const read = await drain(reader, max)
      same(await reader.read(limit()), 'end', 'after the end')
      return read
    } finally {
      await reader.close()
    }
  }
  const first = (member: Member<T, P>) => member.info[0] as PartitionInfo<P>
  return [
    on('it tells its partitions, whose ids can be file names, and hands them out', async ({ info, assigned }) => {
      check(info.length > 0, 'it has partitions')
      same(new Set(info.map(({ id }) => id)).size, info.length, 'different ids')
      for (const { id, topic } of info)
        check(/^[\w.-]+$/.test(id) && id.startsWith(`${topic}-`), `the id ${id} is <topic>-<number>, in letters of a file name`)
      for (const id of assigned)
        check(
          info.some((partition) => partition.id === id),
          `${id} was assigned and is described`,
        )
      for (const { id, start, end, earliest } of info)
        for (const position of [start, end, earliest]) check(isJson(position), `a position of ${id} is no JSON: ${String(position)}`)
    }),
    on('it reads up to `to`, where the last position is exactly that', async (member) => {
      for (const partition of member.info) {
        const { after } = await readAll(member, partition)
        if (after.length > 0) same(after.at(-1)?.position, partition.end, `the last position of ${partition.id}`)
      }
    }),
    on('law 2: chunks of any size give the same messages', async (member) => {
      const whole = await readAll(member, first(member))
      check(whole.all.length >= 10, `the first partition has ${whole.all.length} messages; the contract needs ten`)
      for (const max of [{ rows: 1 }, { rows: 3 }, { rows: 7, bytes: 1 }, { bytes: 100 }])
        same(sorted((await readAll(member, first(member), max)).all), sorted(whole.all), `in chunks of ${JSON.stringify(max)}`)
    }),
    on('law 7: resuming at any position repeats nothing returned and skips nothing', async (member) => {
      const { all, after } = await readAll(member, first(member), { rows: 2 })
      for (const { position, read } of after) {
        const rest = await readAll(member, first(member), {}, position)
        same(sorted(rest.all), sorted(all.slice(read)), `from ${JSON.stringify(position)}`)
      }
    }),
    on('law 7: so does a `to` in the middle', async (member) => {
      const partition = first(member)
      const { all, after } = await readAll(member, partition, { rows: 3 })
      for (const { position, read } of after) {
        const front = await readAll(member, { ...partition, end: position })
        same(sorted(front.all), sorted(all.slice(0, read)), `up to ${JSON.stringify(position)}`)
        if (front.after.length > 0) same(front.after.at(-1)?.position, position, 'the last position')
      }
    }),
    on('a position passes as JSON', async (member) => {
      const { all, after } = await readAll(member, first(member), { rows: 4 })
      const { position, read } = after[0] as { position: P; read: number }
      const rest = await readAll(member, first(member), {}, JSON.parse(JSON.stringify(position)) as P)
      same(sorted(rest.all), sorted(all.slice(read)), 'the rest')
    }),
    on('`lag` is 0 at the end, and above before it', async (member) => {
      const reader = await member.source.open(first(member).id, first(member).start, { to: first(member).end, maxFuture: Number.MAX_SAFE_INTEGER })
      const lags: (number | null)[] = []
      for (let chunk = await reader.read(limit({ rows: 4 })); chunk !== 'end'; chunk = await reader.read(limit({ rows: 4 }))) lags.push(chunk.lag)
      await reader.close()
      if (lags.every((lag) => lag === null)) return
      same(lags.at(-1), 0, 'at the end')
      check((lags[0] ?? 0) > 0, `lag after the first of several chunks: ${lags[0]}`)
    }),
    on('a read returns at once when its signal aborts', async (member) => {
      const { id, end } = first(member)
      const reader = await member.source.open(id, end, { maxFuture: Number.MAX_SAFE_INTEGER })
      const stop = new AbortController()
      const began = Date.now()
      const reading = reader.read(limit({ ms: 20_000, signal: stop.signal }))
      setTimeout(() => stop.abort(), 50)
      const chunk = await reading
      check(Date.now() - began < 5000, `it took ${Date.now() - began} ms`)
      if (chunk !== 'end') same([messagesOf(chunk).length, chunk.position], [0, end], 'what it returned')
      await reader.close()
    }),
    on('telling it what is committed is harmless', async (member) => {
      const { id, start, end } = first(member)
      const reader = await member.source.open(id, start, { to: end, maxFuture: Number.MAX_SAFE_INTEGER })
      const chunk = await reader.read(limit({ rows: 5 }))
      if (chunk !== 'end') await reader.commit?.(chunk.position, 'aaaa0000')
      const rest = await drain(reader)
      await reader.close()
      const whole = await readAll(member, first(member))
      same(sorted([...(chunk === 'end' ? [] : messagesOf(chunk)), ...rest.all]), sorted(whole.all), 'messages')
    }),
    on('a partition that does not exist is refused', async ({ source }) => {
      await fails(() => source.open('nobody-17', null as P, { maxFuture: 0 }), 'open')
    }),
    on('a position that is not there yet is refused', async (member, { beyond }) => {
      if (beyond === undefined) return
      const open = async () => {
        const reader = await member.source.open(first(member).id, beyond, { maxFuture: Number.MAX_SAFE_INTEGER })
        try {
          await reader.read(limit({ ms: 5000 }))
        } finally {
          await reader.close()
        }
      }
      await fails(open, 'open or the first read', 'POSITION_AHEAD')
    }),
  ]
}

/** Joins, and waits until something is assigned. */
async function join<T, P>(source: Source<T, P>): Promise<{ assigned: readonly string[]; closing: Closable }> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let on: Assignments | undefined
  const arrived = new Promise<readonly string[]>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing was assigned within ${PATIENCE} ms`)), PATIENCE)
    on = { assigned: resolve, revoked: async () => {}, failed: reject }
  })
  try {
    const closing = await source.partitions(on as Assignments)
    return { assigned: await arrived, closing }
  } finally {
    clearTimeout(timer)
  }
}
