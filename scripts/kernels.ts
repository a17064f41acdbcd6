import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { main } from 'assemblyscript/asc'

// Compiles the kernels of packages/sinks/assembly into packages/sinks/src/kernels/compiled.ts, which is committed: a clone needs no compiler.
const sinks = resolve(import.meta.dirname, '../packages/sinks')

/** Where the compiled kernels stand. */
export const compiledPath = join(sinks, 'src/kernels/compiled.ts')

/** Returns the text of `compiled.ts` for the sources as they are; throws what the compiler says. */
export async function compileKernels(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-kernels-'))
  try {
    const out = join(folder, 'kernels.wasm')
    const { error, stderr } = await main([
      join(sinks, 'assembly/index.ts'),
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      '1',
      '--use',
      'abort=',
      '--outFile',
      out,
    ])
    if (error) throw new Error(`the kernels were not compiled:\n${stderr.toString()}`)
    const base64 = (await readFile(out)).toString('base64')
    return `// Made by scripts/kernels.ts from packages/sinks/assembly. Do not edit.\n/** The kernels as WebAssembly, in base64, so that no bundler loses a file. */\nexport const compiled =\n  '${base64}'\n`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) await writeFile(compiledPath, await compileKernels())
