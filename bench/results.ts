import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const pathOf = (name: string) => fileURLToPath(new URL(`./results/${name}.json`, import.meta.url))

/** Keeps the latest of one kind of measurement as bench/results/<name>.json. */
export function saveResult(name: string, data: unknown): void {
  mkdirSync(fileURLToPath(new URL('./results', import.meta.url)), { recursive: true })
  writeFileSync(pathOf(name), `${JSON.stringify(data, null, 2)}\n`)
}

/** The latest, or undefined where it was never measured. */
export function loadResult<T>(name: string): T | undefined {
  return existsSync(pathOf(name)) ? (JSON.parse(readFileSync(pathOf(name), 'utf8')) as T) : undefined
}
