import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { GENERATOR_DISORDER, ticketStream } from '@tickets/core'
import { CACHE } from './places.ts'

/** Largest event time less this: windows that end later need not be there. */
export const DISORDER = GENERATOR_DISORDER

export interface InputOptions {
  readonly rows: number
  /** How many different clients there are, instead of the generator's 9000. */
  readonly keys?: number
}

export interface Input {
  /** JSON Lines, alone in its folder. */
  readonly path: string
  readonly rows: number
  readonly bytes: number
}

/** Lines in one write. */
const CHUNK = 20_000

/** A Weyl sequence: each key comes about equally often, in no order. */
const keyed = (i: number, keys: number) => Math.floor(((i * 0.6180339887498949) % 1) * keys)

/** The generator's tickets as a file, made once under .cache/bench. */
export async function ticketsFile({ rows, keys }: InputOptions): Promise<Input> {
  const folder = `${CACHE}/input/${rows}${keys === undefined ? '' : `-${keys}-keys`}`
  const path = `${folder}/tickets.jsonl`
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true })
    const half = `${folder}/${randomUUID()}.half`
    const file = await open(half, 'w')
    let lines: string[] = []
    let written = 0
    for (const ticket of ticketStream({ seed: 1, tickets: rows })) {
      const row = keys === undefined ? ticket : { ...ticket, client_id: `CLIENT_${1000 + keyed(written, keys)}` }
      lines.push(JSON.stringify(row))
      written++
      if (lines.length < CHUNK && written < rows) continue
      await file.write(`${lines.join('\n')}\n`)
      lines = []
    }
    await file.close()
    await rename(half, path)
  }
  return { path, rows, bytes: (await stat(path)).size }
}

/** Reads a file once, so that it is in the page cache for all. */
export async function warm(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 20 }));
}
