// Several pipelines in one process: `pnpm feeds start`, and in another terminal `pnpm feeds list`, `pause lake`, `resume lake`, `drain`.
import { join } from 'node:path'
import { feedsCli } from '@tickets/cli'
import { main } from '../shared/main.ts'

await main(async () => {
  process.exitCode = await feedsCli({ config: join(import.meta.dirname, 'feeds.config.ts') })
})
