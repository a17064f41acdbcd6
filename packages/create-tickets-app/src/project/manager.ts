/** A package manager, and how it does what a project needs. */
export interface Manager {
  readonly name: 'npm' | 'pnpm' | 'yarn'
  /** Arguments of the first install. */
  readonly install: readonly string[]
  /** Commands of Dockerfiles and workflows: what the lockfile says, and that without development dependencies. They need npm alone. */
  readonly installLocked: string
  readonly installProduction: string
}

/**
 * Finds the package manager that runs this command.
 *
 * @param userAgent `npm_config_user_agent`, such as `pnpm/12.21.0 npm/? node/v24.21.0 linux x64`; npm without it, or with one that is not known
 */
export function managerOf(userAgent: string | undefined): Manager {
  const [, name = 'npm', major = ''] = /^(\w+)\/(\d+)/.exec(userAgent ?? '') ?? []
  if (name === 'pnpm') {
    const pnpm = `npx -y pnpm@${major}`
    return {
      name,
      install: ['install'],
      installLocked: `${pnpm} install --frozen-lockfile`,
      installProduction: `${pnpm} install --prod --frozen-lockfile`,
    }
  }
  if (name === 'yarn' && Number(major) < 2)
    return {
      name,
      install: ['install', '--no-progress'],
      installLocked: 'npx -y yarn@1 install --frozen-lockfile',
      installProduction: 'npx -y yarn@1 install --production --frozen-lockfile',
    }
  if (name === 'yarn') {
    const yarn = `npx -y @yarnpkg/cli-dist@${major}`
    return {
      name,
      // In CI it refuses to write the first lockfile by itself.
      install: ['install', '--no-immutable'],
      installLocked: `${yarn} install --immutable`,
      installProduction: `${yarn} workspaces focus --all --production`,
    }
  }
  return {
    name: 'npm',
    install: ['install', '--no-audit', '--no-fund', '--loglevel=error'],
    installLocked: 'npm ci',
    installProduction: 'npm ci --omit=dev',
  }
}
