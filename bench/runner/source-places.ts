import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Frame {
  readonly functionName: string
  readonly url: string
  /** Both from 0. */
  readonly lineNumber: number
  readonly columnNumber: number
}

/** Tells places of built files in the words of the sources they were built from, by their source maps. */
export class Places {
  readonly #maps = new Map<string, SourceMap | null>()

  /** 'decode schema/fast-decoder/decode.ts', 'writeParquet parquet-wasm', '(garbage collector)'. */
  of({ functionName, url, lineNumber, columnNumber }: Frame): string {
    const name = functionName || '(anonymous)'
    if (url === '') return name
    if (url.startsWith('wasm')) return 'WebAssembly (parquet-wasm)'
    if (url.startsWith('node:')) return `${name} ${url}`
    const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
    if (dependency && !dependency.startsWith('@tickets')) return `${name} ${dependency}`
    const source = this.#mapOf(url)?.findEntry(lineNumber, columnNumber)
    const path = source && 'originalSource' in source ? source.originalSource : undefined
    return `${name} ${path ? path.replace(/^.*\/src\//, '') : basename(url)}`
  }

  #mapOf(url: string): SourceMap | null {
    const known = this.#maps.get(url)
    if (known !== undefined) return known
    const path = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : ''
    const map = existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : null
    this.#maps.set(url, map)
    return map
  }
}
