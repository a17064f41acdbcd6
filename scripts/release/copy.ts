import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publicPackages, root } from './packages.ts'

/** Links what a package has installed. Sibling packages are those of the copy: packing asks them which version `workspace:^` stands for. */
function linkModules(from: string, to: string, copy: string): void {
  for (const name of readdirSync(from).filter((name) => !name.startsWith('.'))) {
    const scoped = name.startsWith('@') ? readdirSync(join(from, name)).map((part) => join(name, part)) : [name]
    for (const module of scoped) {
      mkdirSync(dirname(join(to, module)), { recursive: true })
      const isOurs = module.startsWith('@tickets/')
      symlinkSync(isOurs ? join(copy, 'packages', module.slice('@tickets/'.length)) : join(from, module), join(to, module))
    }
  }
}

/**
 * Copies what git has and what is built into a folder, which shares the installed dependencies: a version may be made and packed there without touching
 * this tree.
 */
export function copyTree(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  const files = listed.split('\0').filter((path) => /^(packages\/|\.changeset\/|scripts\/|[^/]+$)/.test(path) && existsSync(join(root, path)))
  for (const path of files) {
    mkdirSync(dirname(join(to, path)), { recursive: true })
    cpSync(join(root, path), join(to, path))
  }
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'))
  for (const { folder, path } of publicPackages()) {
    cpSync(join(path, 'dist'), join(to, 'packages', folder, 'dist'), { recursive: true })
    linkModules(join(path, 'node_modules'), join(to, 'packages', folder, 'node_modules'), to)
  }
  for (const folder of ['examples', 'bench', 'site']) {
    mkdirSync(join(to, folder), { recursive: true })
    cpSync(join(root, folder, 'package.json'), join(to, folder, 'package.json'))
  }
  // changesets reads the history for the commits that its notes name.
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=release', '-c', 'user.email=release@localhost', ...args], { cwd: to })
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Copy')
}
