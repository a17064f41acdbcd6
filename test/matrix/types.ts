import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cell } from './cell.ts'
import { type Consumer, npmConsumer, ours, type Place } from './consumer.ts'

/** The versions of TypeScript that are promised, and how their users let it resolve. */
const versions = ['5.9', '6.0', '7.0'] as const
const resolutions = { bundler: 'esnext', node16: 'node16', nodenext: 'nodenext' } as const
type Version = (typeof versions)[number]

/** Type-checks every entry, libraries included, and writes declarations: a type that cannot be named is an error there (TS2742). */
async function check({ folder, bin }: Consumer, version: Version, moduleResolution: keyof typeof resolutions): Promise<string> {
  const config = `tsconfig-${version}-${moduleResolution}.json`
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
    module: resolutions[moduleResolution],
    moduleResolution,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: `types-${version}-${moduleResolution}`,
    skipLibCheck: false,
  }
  await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files: ['consumer-types.ts'] }))
  await bin(`typescript-${version}/bin/tsc`, ['-p', config])
  return 'types and declarations'
}

/** Returns the cells of TypeScript: each version with each resolution. */
export async function typeCells(place: Place, wanted: readonly Version[] = versions): Promise<Cell[]> {
  const compilers = wanted.map((version) => `typescript-${version}@npm:typescript@~${version}.0`)
  const consumer = await npmConsumer(
    place,
    'types',
    ['consumer-types.ts'],
    [...ours, 'rxjs@7', 'zod@4', '@types/node@24', '@opentelemetry/api@1', ...compilers],
  )
  return wanted.flatMap((version) =>
    (Object.keys(resolutions) as (keyof typeof resolutions)[]).map((resolution) => ({
      part: 'TypeScript',
      name: `${version}, ${resolution}`,
      run: () => check(consumer, version, resolution),
    })),
  )
}
