import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import type { DecodeJob } from './messages.ts'
import { pieceOf } from './pieces.fixture.ts'
import { startDecodeWorker } from './start-worker.ts'

const started = (url: string | undefined): Worker => {
  const worker = startDecodeWorker(url)
  onTestFinished(() => worker.terminate().then(() => {}))
  return worker
}

test('finds the thread that decodes beside itself', async () => {
  const worker = started(undefined)
  worker.postMessage({ id: 5, schema: 0, plan: null, piece: pieceOf([]), wanted: [], spare: [] } satisfies DecodeJob)
  expect((await once(worker, 'message'))[0]).toEqual({ id: 5, decoded: null, texts: [], lines: null, failure: null })
})

test('starts the file that an application names instead', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'start-worker-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'mine.mjs')
  await writeFile(file, "import { parentPort } from 'node:worker_threads'\nparentPort.postMessage('mine')")
  expect((await once(started(file), 'message'))[0]).toBe('mine')
})

test('a file that is not there is an error of the thread, not of the start', async () => {
  const [error] = await once(started(join(tmpdir(), 'no-decode-worker.mjs')), 'error')
  expect(String(error)).toContain('no-decode-worker.mjs')
})
