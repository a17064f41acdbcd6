// Tries `create tickets-app` as users do: 3 templates × npm, pnpm, yarn × Node 22, 24, 26, with the packages from a registry of its own.
// node scripts/create-matrix.ts --manager npm --node 24 --template kafka runs a part.
import { spawn } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from 'table'
import { startBroker } from '../test/broker/broker.ts'
import {
  create,
  type Major,
  majors,
  makeShell,
  managers,
  publishAll,
  rowsIn,
  type Shell,
  type Template,
  templates,
} from '../test/packaging/create.ts'
import { startRegistry } from '../test/packaging/local.ts'

const { values } = parseArgs({ options: { manager: { type: 'string' }, node: { type: 'string' }, template: { type: 'string' } } })
const among = <T extends string>(all: readonly T[], one: string | undefined) => all.filter((name) => one === undefined || name === one)
const cases = among(managers, values.manager).flatMap((manager) =>
  among(majors, values.node).map((major) => ({
    manager,
    major,
    // Yarn 1 is older than its own registry; one template on one Node shows that it still works.
    templates: manager === 'yarn-1' ? among(['file'] as const, major === '24' ? values.template : 'none') : among(templates, values.template),
  })),
)
const ORDERS = { file: 10_000, dashboard: 10_000, kafka: 2_000 } as const

const home = await realpath(await mkdtemp(join(tmpdir(), 'tickets-create-matrix-')))
const local = await startRegistry()
const broker = cases.some(({ templates }) => templates.includes('kafka' as never)) ? await startBroker() : null
const rows: string[][] = [['template', 'manager', 'Node', 'created in', 'test', 'rows by DuckDB', 'result']]
let failed = 0
try {
  await publishAll(local, home)
  for (const { manager, major, templates } of cases) {
    if (templates.length === 0) continue
    const shell = await makeShell(home, manager, major, local.url)
    for (const template of templates) {
      const began = performance.now()
      const row: string[] = [template, manager, major]
      try {
        row.push(...(await tryOne(shell, template, major)), 'passed')
      } catch (error) {
        failed += 1
        console.error(`${row.join(', ')}: ${(error as Error).message}`)
        row.push('', '', '', 'FAILED')
      }
      rows.push(row)
      console.log(`${row.join(', ')} after ${seconds(began)}`)
    }
  }
} finally {
  await local.stop()
  await broker?.stop()
  await rm(home, { recursive: true, force: true })
}
console.log(table(rows))
console.log(`${rows.length - 1 - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`
}

/** Creates a project, tests it, and runs it until DuckDB counts what it wrote. Returns the cells of its row. */
async function tryOne(shell: Shell, template: Template, major: Major): Promise<string[]> {
  const folder = `${template}-${shell.manager}-${major}`
  const cwd = join(home, folder)
  const began = performance.now()
  const said = await create(shell, folder, ['--template', template], home)
  const took = seconds(began)
  const script = (name: string, env = {}) => shell.run(shell.command, ['run', name], cwd, env)
  const tested = await script('test')
  const passed = /pass (\d+)/.exec(tested)?.[1]
  if (passed !== '2' || /fail [1-9]/.test(tested)) throw new Error(`the test is not green:\n${tested}`)
  await script('check')
  if (template === 'kafka') {
    const env = { KAFKA_BROKERS: broker?.brokers.join(',') ?? '', KAFKA_TOPIC: folder, KAFKA_GROUP: folder }
    await shell.run('node', ['src/produce.ts', String(ORDERS.kafka)], cwd, env)
    await script('start', env)
  } else if (!said.includes('DuckDB reads')) throw new Error(`it did not read back what it wrote:\n${said}`)
  const counted = await rowsIn(join(cwd, 'data/orders/*.parquet'))
  if (counted !== ORDERS[template]) throw new Error(`DuckDB counts ${counted} rows, not ${ORDERS[template]}`)
  if (template === 'dashboard') await tryDashboard(shell, cwd)
  return [took, `${passed} passed`, String(counted)]
}

/** Starts the dashboard by its script, looks at the page, and ends it. */
async function tryDashboard(shell: Shell, cwd: string): Promise<void> {
  const env = { ...process.env, ...shell.env, TICKETS_DASHBOARD_PORT: '0' }
  // A group of its own, since package managers do not always pass signals on.
  const child = spawn(shell.command, ['run', 'dashboard'], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  try {
    const url = await new Promise<string>((found, fail) => {
      const hear = (text: Buffer) => {
        said += text
        const [, stays] = /(http:\S+) stays until/.exec(said) ?? []
        if (stays !== undefined) found(stays)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('close', (code) => fail(new Error(`the dashboard ended with ${code}:\n${said}`)))
      setTimeout(() => fail(new Error(`the dashboard did not come up in a minute:\n${said}`)), 60_000).unref()
    })
    const page = await fetch(url)
    if (page.status !== 200 || !(await page.text()).includes('<title>')) throw new Error(`${url} answered ${page.status}`)
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  }
}
