import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../broker/java.ts'
import type { Cell } from './cell.ts'
import { npmConsumer, type Place, runApp } from './consumer.ts'

const packages = ['@tickets/core', '@tickets/sinks', 'rxjs@7', 'zod@4', 'next@16', 'react@19', 'react-dom@19']

/** A route that runs a pipeline, and answers what came of it as `app.mjs` says it. */
const route = `import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'

export const dynamic = 'force-dynamic'

export async function GET() {
  const warnings = []
  let threads = 0
  process.on('warning', (warning) => warnings.push(\`\${warning.code ?? warning.name}: \${warning.message}\`))
  process.on('worker', () => threads++)
  const { APP_DATA: data, APP_ROWS: rows } = process.env
  const { how } = await pipeline({
    name: 'app',
    source: generator({ tickets: Number(rows) }),
    log: commitLog(\`\${data}/log\`),
    flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink(\`\${data}/tickets\`, { encodeWorkers: 1 }))) }),
  }).run({ handleSignals: false })
  await new Promise((done) => setImmediate(done))
  return Response.json({ how, threads, warnings })
}
`
const files: Readonly<Record<string, string>> = {
  'app/layout.jsx': 'export default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>\n}\n',
  'app/page.jsx': 'export default function Page() {\n  return <p>tickets</p>\n}\n',
  'app/run/route.js': route,
  // As with every bundler: `parquet-wasm` finds its `.wasm` beside its own code.
  'next.config.mjs': "export default { serverExternalPackages: ['parquet-wasm'] }\n",
}

const PATIENCE_MS = 60_000

async function answerOf(url: string, server: ChildProcess): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const answer = await fetch(url).catch(() => null)
    if (answer) {
      const text = await answer.text()
      if (!answer.ok) throw new Error(`the route answered ${answer.status}: ${text.slice(0, 300)}`)
      return text
    }
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not answer (exit code ${server.exitCode})`)
    await new Promise((done) => setTimeout(done, 200))
  }
}

/** Returns the cell of Next.js: a route handler of a production build writes the same files. */
export function nextCells(place: Place): Cell[] {
  const run = async () => {
    const consumer = await npmConsumer(place, 'next', [], packages)
    const { folder } = consumer
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(folder, path, '..'), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await consumer.bin('next/dist/bin/next', ['build'], { NEXT_TELEMETRY_DISABLED: '1' })
    return runApp(folder, async (env) => {
      const [port = 0] = await freePorts(1)
      const args = [join(folder, 'node_modules/next/dist/bin/next'), 'start', '--port', String(port)]
      const server = spawn(process.execPath, args, {
        cwd: folder,
        env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let said = ''
      for (const stream of [server.stdout, server.stderr])
        stream.on('data', (text: Buffer) => {
          said = `${said}${text}`.slice(-2000)
        })
      try {
        return await answerOf(`http://127.0.0.1:${port}/run`, server)
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${said}`, { cause: error })
      } finally {
        server.kill('SIGKILL')
      }
    })
  }
  return [{ part: 'framework', name: 'Next.js', run }]
}
