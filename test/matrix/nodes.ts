import { join } from 'node:path'
import { sh } from '../packaging/project.ts'
import type { Cell } from './cell.ts'
import { npmConsumer, ours, type Place, runApp } from './consumer.ts'

const majors = ['22', '24', '26'] as const

/** Returns the cells of Node: each version runs the application, and requires every package as CommonJS does. */
export async function nodeCells(place: Place, wanted: readonly string[] = majors): Promise<Cell[]> {
  const { folder } = await npmConsumer(place, 'node', ['app.mjs'], [...ours, 'rxjs@7', 'zod@4'])
  return majors
    .filter((major) => wanted.includes(major))
    .map((major) => ({
      part: 'Node',
      name: major,
      async run() {
        const installed = await npmConsumer(place, `node-${major}`, [], [`node@${major}`])
        const node = join(installed.folder, 'node_modules/node/bin/node')
        const version = (await sh(node, ['-v'], folder)).trim()
        if (!version.startsWith(`v${major}.`)) throw new Error(`it is Node ${version}`)
        const encoded = await runApp(folder, (env) => sh(node, ['app.mjs'], folder, env))
        for (const name of ours) await sh(node, ['--input-type=commonjs', '-e', `require('${name}')`], folder)
        return `${version}, ${encoded}, required as CommonJS`
      },
    }))
}
