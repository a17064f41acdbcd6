import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PointName } from '../config.ts'
import { commitOf, namesIn, recordNumbers, tasksOf } from '../records.ts'
import type { Run } from '../run.ts'
import { allEnd } from './groups.ts'
import type { Scenario } from './scenario.ts'

const out = (run: Run, flow: string) => join(run.home, 'out', flow)
const log = (run: Run) => join(run.home, 'log')

/** Removes a folder that others may still write into. */
const remove = (path: string) => rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 })

/** The published files of a flow, and those of all. */
const partsOf = (run: Run, flow: string) => namesIn(out(run, flow)).filter((name) => name.startsWith('part-'))
const allParts = (run: Run) => namesIn(join(run.home, 'out')).flatMap((flow) => partsOf(run, flow))

/** A worker that is killed after some ranges. */
async function begun(run: Run, at: PointName = 'published', nth = run.random.int(3, 6)): Promise<void> {
  const worker = await run.startAt({ at, nth, phase: 'run', how: 'report' }, { group: `${run.group}-begun${run.workers.length}` })
  if (worker) await run.kill(worker)
  else run.errors.push(`a worker ended before ${at}: ${JSON.stringify(run.workers.at(-1)?.said.slice(-2))}`)
}

/** What the advice "start over" says: the log deleted, and the targets overwritten. */
async function startOver(run: Run): Promise<void> {
  remove(log(run))
  await run.start({ mode: 'overwrite', group: `${run.group}-over` }).end
  run.note('started over')
}

const alias: Scenario = {
  name: 'two flows whose targets are two names of one folder',
  weight: 2,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 60, ms: 5 } }
    const [one, other] = random.pick([
      ['high_priority_tickets', 'late'],
      ['dead_letters', 'high_priority_tickets'],
      ['tickets_with_assignment', 'metrics'],
      ['tickets_by_type', 'tickets_with_assignment'],
    ] as const)
    const isLater = random.chance(0.4)
    if (isLater) await begun(run)
    await run.unwatched(async () => {
      const away = join(run.home, 'away')
      if (isLater) renameSync(out(run, one), away)
      mkdirSync(out(run, other), { recursive: true })
      symlinkSync(random.pick([out(run, other), other]), out(run, one))
      const before = allParts(run)
      await run.stops(['FLOW_TARGET'])
      const after = allParts(run)
      if (after.length !== before.length) run.errors.push(`a refused start changed the targets: ${before.length} files, then ${after.length}`)
      if (!isLater && tasksOf(run.home).length > 0) run.errors.push('a refused start made records')
      rmSync(out(run, one))
      if (isLater) renameSync(away, out(run, one))
    })
  },
}

const restored: Scenario = {
  name: 'the log restored from an older copy',
  weight: 3,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 40, ms: 5 }, rangeRows: 40 }
    await begun(run, random.pick(['published', 'recorded', 'before-publish', 'after-publish', 'before-link'] as const))
    const copy = (name: string) => {
      cpSync(join(run.home, name), `${run.home}-older-${name}`, { recursive: true })
      run.onEnd(async () => remove(`${run.home}-older-${name}`))
    }
    copy('log')
    copy('out')
    await begun(run)
    await run.unwatched(async () => {
      renameSync(log(run), join(run.home, 'newest'))
      cpSync(`${run.home}-older-log`, log(run), { recursive: true })
      const before = allParts(run)
      for (let i = 0; i < random.int(1, 2); i++) await run.stops(['LOG_BEHIND'])
      if (allParts(run).some((name) => !before.includes(name))) run.errors.push('a refused start has published')
      const advice = random.pick(['the newest log', 'the targets of that moment', 'start over'] as const)
      run.note(advice)
      if (advice === 'the newest log') {
        remove(log(run))
        renameSync(join(run.home, 'newest'), log(run))
      } else if (advice === 'the targets of that moment') {
        remove(join(run.home, 'out'))
        cpSync(`${run.home}-older-out`, join(run.home, 'out'), { recursive: true })
      } else await startOver(run)
    })
  },
}

const olderProcess: Scenario = {
  name: 'the log deleted and begun anew with overwrite while an old process lives',
  weight: 3,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 30, ms: 60 }, rangeRows: 30 }
    const frozenAt = random.pick([
      null,
      'before-stage',
      'staged',
      'record-unlinked',
      'recorded',
      'before-publish',
      'before-link',
      'before-sweep',
    ] as const)
    const old = frozenAt ? await run.startAt({ at: frozenAt, nth: random.int(2, 8), phase: 'run', how: 'freeze' }) : await begunAndAlive(run)
    if (!old) return
    let newer = old
    await run.unwatched(async () => {
      run.allowed = ['LOG_GONE', 'TARGET_OWNED']
      remove(log(run))
      const same = random.chance(0.5)
      newer = run.start({ mode: 'overwrite', ...(same && !frozenAt ? {} : { group: `${run.group}-new` }) })
      await newer.hasPartitions()
    })
    if (random.chance(0.5)) await sleep(random.int(0, 1500))
    else await Promise.race([newer.end, sleep(20_000)])
    old.signal('SIGCONT')
    await allEnd(run, [old, newer], 120_000)
    run.note(
      `the old one: ${old.failure?.code ?? old.said.map((said) => JSON.stringify(said)).at(-1)}, the new one: ${newer.failure?.code ?? 'done'}`,
    )
    if (newer.failure) run.errors.push(`the newer process stopped: ${newer.failure.error}`)
    if (!old.failure) run.errors.push('the older process did not stop with an error')
  },
}

async function begunAndAlive(run: Run) {
  const worker = run.start()
  await worker.hasPartitions()
  await sleep(run.random.int(300, 1200))
  return worker
}

const deleted: Scenario = {
  name: 'a target deleted or unmounted while running, or between runs',
  weight: 4,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 30, ms: 40 }, rangeRows: 30 }
    const flow = random.pick(['tickets_with_assignment', 'high_priority_tickets', 'tickets_by_type', 'metrics'] as const)
    const away = join(run.home, 'away')
    // Of an unmounted volume the folder that it was mounted on stays.
    const how = random.pick(['deleted', 'renamed', 'unmounted'] as const)
    const take = () => {
      run.note(`${flow} ${how}`)
      if (how === 'deleted') return remove(out(run, flow))
      renameSync(out(run, flow), away)
      if (how === 'unmounted') mkdirSync(out(run, flow))
    }
    const isLive = random.chance(0.6)
    await run.unwatched(async () => {
      if (isLive) {
        const worker = await run.startAt({
          at: random.pick(['published', 'staged', 'recorded', 'before-stage', 'before-sweep'] as const),
          nth: random.int(6, 12),
          phase: 'run',
          how: 'freeze',
        })
        if (!worker) return
        const published = partsOf(run, flow).length
        // While it is being deleted, a staged file may be gone before the mark of its owner is.
        if (published === 0) {
          worker.signal('SIGCONT')
          return run.note(`nothing of ${flow} was there yet`)
        }
        run.allowed = how === 'deleted' ? ['TARGET_LOST', 'STAGED_LOST'] : ['TARGET_LOST']
        take()
        worker.signal('SIGCONT')
        await allEnd(run, [worker], 120_000)
        run.note(`${published} files were there, it ended with ${worker.failure?.code ?? 'done'}`)
      } else {
        await begun(run, 'published', random.int(8, 12))
        if (partsOf(run, flow).length === 0) return run.note(`nothing of ${flow} was there yet`)
        take()
      }
      await run.stops(['TARGET_LOST'])
      if (how === 'deleted') return startOver(run)
      remove(out(run, flow))
      renameSync(away, out(run, flow))
    })
  },
}

/** Staged files of heads that are recorded and not published. */
function stagedHeads(run: Run): { readonly path: string; readonly published: string }[] {
  return tasksOf(run.home).flatMap((task) => {
    const { n, attempt, files } = commitOf(run.home, task, recordNumbers(run.home, task).at(-1) ?? 0)
    return Object.entries(files).flatMap(([flow, staged]) => {
      const { staging } = staged as { staging?: string }
      if (staging === undefined || !staging.endsWith(`/${n}-${attempt}`)) return []
      const name = flow === 'deadLetters' ? 'dead_letters' : flow
      const folders = [name, 'dead_letters', 'late'].map((folder) => out(run, folder)).filter((folder) => existsSync(join(folder, staging)))
      return folders.flatMap((folder) =>
        namesIn(join(folder, staging)).map((file) => ({ path: join(folder, staging, file), published: join(folder, basename(file, '.tmp')) })),
      )
    })
  })
}

const damages: Readonly<Record<string, (path: string) => void>> = {
  truncated: (path) => truncateSync(path, readFileSync(path).length >> 1),
  emptied: (path) => truncateSync(path, 0),
  longer: (path) => appendFileSync(path, ' '),
  changed: (path) => {
    const bytes = readFileSync(path)
    const at = bytes.length >> 1
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(path, bytes)
  },
}

const damaged: Scenario = {
  name: 'a staged file damaged after its record',
  weight: 3,
  async run(run) {
    const { random } = run
    run.topic = await run.bench.topic()
    run.defaults = { pace: { rows: 40, ms: 5 }, rangeRows: 40 }
    const task = random.pick(['partition', 'merge'] as const)
    const at = random.pick(['recorded', 'before-publish', 'before-link'] as const)
    const worker = await run.startAt({ at, task, phase: 'run', nth: random.int(1, 5), how: 'report' }, { group: `${run.group}-begun` })
    if (!worker) return
    await run.kill(worker)
    const one = random.pick(stagedHeads(run).filter(({ published }) => !existsSync(published)))
    if (!one) return run.note('nothing was staged then')
    const whole = readFileSync(one.path)
    // A file without rows may have no bytes: then only a longer one is another one.
    const [how, damage] = random.pick(Object.entries(damages).filter(([how]) => whole.length > 0 || how === 'longer')) as [
      string,
      (path: string) => void,
    ]
    run.note(`${basename(one.published)} ${how}`)
    damage(one.path)
    for (let i = 0; i < random.int(1, 2); i++) await run.stops(['STAGED_DAMAGED'])
    if (existsSync(one.published)) run.errors.push(`a damaged file was published: ${one.published}`)
    if (random.chance(0.3)) await run.unwatched(() => startOver(run))
    else writeFileSync(one.path, whole)
  },
}

export const mishaps: readonly Scenario[] = [alias, restored, olderProcess, deleted, damaged]
