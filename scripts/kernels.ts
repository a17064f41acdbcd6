import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { main } from 'assemblyscript/asc'

// Compiles the AssemblyScript of each package that has some to one file of it, which is committed: a clone needs no compiler.
const root = resolve(import.meta.dirname, '..')

/** Package → where its compiled kernels stand. Their sources stand in its folder `assembly`. */
export const compiledPaths: Readonly<Record<'core' | 'sinks', string>> = {
  core: join(root, 'packages/core/src/schema/kernel/compiled.ts'),
  sinks: join(root, 'packages/sinks/src/kernels/compiled.ts'),
}

/** Returns the text of `compiled.ts` of a package for the sources as they are; throws what the compiler says. */
export async function compileKernels(name: keyof typeof compiledPaths): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-kernels-'))
  try {
    const out = join(folder, 'kernels.wasm')
    const entry = join(root, 'packages', name, 'assembly/index.ts')
    const options = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1', '--use', 'abort=', '--outFile', out]
    const { error, stderr } = await main([entry, ...options])
    if (error) throw new Error(`the kernels of ${name} were not compiled:\n${stderr.toString()}`)
    const base64 = (await readFile(out)).toString('base64')
    return `// Made by scripts/kernels.ts from packages/${name}/assembly. Do not edit.\n/** The kernels as WebAssembly, in base64, so that no bundler loses a file. */\nexport const compiled =\n  '${base64}'\n`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) for (const name of ['core', 'sinks'] as const) await writeFile(compiledPaths[name], await compileKernels(name))
