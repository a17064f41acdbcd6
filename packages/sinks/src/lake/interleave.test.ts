import type { FileLayer } from '@tickets/core/node'
import { compact, files, jsonSink } from '@tickets/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Every, folder } from '../../test/helpers.ts'
import { globbed, layer, leftovers, numbersIn, publishRows, quick, stageOne, taskNamed } from '../../test/lake-helpers.ts'

const RANGES = 6
const TASKS = ['tickets-0', 'tickets-1']
/** The rows of a range are files of their own, so that a range can be seen half published. */
const numbersOf = (task: number, n: number) => [task * 1000 + n * 10, task * 1000 + n * 10 + 1]

/** Processes whose calls to the file system happen one at a time, in an order that is drawn. */
class Processes {
  readonly #waiting = new Map<string, () => void>()
  readonly #running = new Set<string>()
  readonly #dead = new Set<string>()
  #idle = () => {}

  /** The file system of one process. */
  files(name: string): FileLayer {
    return layer(async (_call, act) => {
      this.#running.delete(name)
      this.#idle()
      await new Promise<void>((go) => this.#waiting.set(name, go))
      this.#running.add(name)
      return act()
    })
  }

  start(name: string, work: () => Promise<void>): Promise<unknown> {
    this.#running.add(name)
    return work()
      .then(
        () => undefined,
        (error: unknown) => error,
      )
      .finally(() => {
        this.#running.delete(name)
        this.#idle()
      })
  }

  /** A frozen process acts no more, until it is woken. */
  freeze(name: string): void {
    this.#dead.add(name)
  }

  wake(): void {
    this.#dead.clear()
  }

  /** Lets one call happen, chosen by a number; false when there is nobody left to act. */
  async step(choice: number): Promise<boolean> {
    while (this.#running.size > 0) await new Promise<void>((done) => (this.#idle = done))
    const names = [...this.#waiting.keys()].filter((name) => !this.#dead.has(name)).sort()
    const name = names[choice % Math.max(1, names.length)]
    if (name === undefined) return false
    const go = this.#waiting.get(name)
    this.#waiting.delete(name)
    this.#running.add(name)
    go?.()
    return true
  }
}

interface Seen {
  /** Ranges whose publishing was over before the look began, and those that it had begun for when it was over. */
  readonly atLeast: ReadonlySet<number>
  readonly atMost: ReadonlySet<number>
  readonly found: readonly number[]
}

/** Tasks write, two compactions run and readers look, in the order that `choices` give; `frozen` processes stop in the middle. */
async function run(choices: readonly number[], frozen: readonly (readonly [at: number, name: string])[]): Promise<void> {
  const dir = await folder()
  const done = new Set<number>()
  const begun = new Set<number>()
  for (const [t, task] of TASKS.entries()) {
    for (let n = 0; n < 2; n++) {
      await publishRows(dir, taskNamed(task), n, numbersOf(t, n), { files: quick, maxRowsPerFile: 1 })
      for (const number of numbersOf(t, n)) begun.add(number).add(number) && done.add(number)
    }
  }
  const processes = new Processes()
  const seen: Seen[] = []
  const work: Promise<unknown>[] = TASKS.map((task, t) =>
    processes.start(task, async () => {
      const options = { files: processes.files(task), maxRowsPerFile: 1 }
      for (let n = 2; n < RANGES; n++) {
        const numbers = numbersOf(t, n)
        const staged = await stageOne(dir, taskNamed(task), n, numbers, options)
        for (const number of numbers) begun.add(number)
        const writer = await jsonSink(dir, options).open(taskNamed(task), Every)
        await writer.publish(staged)
        for (const number of numbers) done.add(number)
        await writer.sweep({ n, attempt: `a${n}` })
      }
    }),
  )
  for (const name of ['compact 1', 'compact 2']) {
    work.push(
      processes.start(name, async () => {
        for (let i = 0; i < 3; i++) await compact(dir, { files: processes.files(name) })
      }),
    )
  }
  for (const name of ['reader 1', 'reader 2']) {
    work.push(
      processes.start(name, async () => {
        for (let i = 0; i < 4; i++) {
          const atLeast = new Set(done)
          const list = await files(dir, { files: processes.files(name) })
          seen.push({ atLeast, atMost: new Set(begun), found: list.flatMap((path) => contents.get(path) ?? []) })
        }
      }),
    )
  }
  /** What each file held, read as soon as it was there: a reader may come too late to open it, never for the list to be wrong. */
  const contents = new Map<string, number[]>()
  for (let i = 0, more = true; more; i++) {
    for (const path of await globbed(dir)) if (!contents.has(path)) contents.set(path, await numbersIn([path]).catch(() => []))
    // A glob never finds too few.
    const glob = new Set((await globbed(dir)).flatMap((path) => contents.get(path) ?? []))
    for (const number of done) expect(glob.has(number), `row ${number} is hidden at step ${i}`).toBe(true)
    for (const [at, name] of frozen) if (at === i) processes.freeze(name)
    more = await processes.step(choices[i % choices.length] ?? 0)
    if (!more && frozen.length > 0) {
      // Long after: what was frozen wakes up and continues from where it was.
      frozen = []
      processes.wake()
      more = await processes.step(0)
    }
  }
  expect((await Promise.all(work)).filter((error) => error !== undefined)).toEqual([])
  for (const { atLeast, atMost, found } of seen) {
    expect(new Set(found).size, 'a row is listed twice').toBe(found.length)
    expect(
      [...atLeast].filter((number) => !found.includes(number)),
      'rows that were visible are not listed',
    ).toEqual([])
    expect(
      found.filter((number) => !atMost.has(number)),
      'rows are listed too early',
    ).toEqual([])
    for (const number of found) expect(found, 'half of a range is listed').toContain(number % 10 === 0 ? number + 1 : number - 1)
  }
  await compact(dir, { files: quick })
  const all = TASKS.flatMap((_, t) => Array.from({ length: RANGES }, (_, n) => numbersOf(t, n)).flat()).sort((a, b) => a - b)
  expect(await numbersIn(await files(dir))).toEqual(all)
  expect(await numbersIn(await globbed(dir))).toEqual(all)
  expect((await leftovers(dir)).filter((path) => path.startsWith('.staging'))).toEqual([])
}

test('tasks, two compactions and readers in any order, some of them frozen and woken: lists are exact, globs never too few', async () => {
  const names = [...TASKS, 'compact 1', 'compact 2']
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(5), { minLength: 50, maxLength: 400 }),
      fc.array(fc.tuple(fc.nat(400), fc.constantFrom(...names)), { maxLength: 3 }),
      run,
    ),
    { numRuns: Number(process.env.LAKE_RUNS ?? 12), ...(process.env.LAKE_SEED ? { seed: Number(process.env.LAKE_SEED) } : {}) },
  )
})
