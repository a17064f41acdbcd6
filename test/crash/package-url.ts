// Workers run the built packages, as applications do. `TICKETS_PACKAGES` names another folder of packages, for comparing builds.
const packages = process.env.TICKETS_PACKAGES ? new URL(`file://${process.env.TICKETS_PACKAGES}/`) : new URL('../../packages/', import.meta.url)

/** Where a package of ours is built: `@tickets/sinks`, `@tickets/core/node`. */
export function packageUrl(specifier: string): string {
  const found = /^@tickets\/([\w-]+)(?:\/(\w+))?$/.exec(specifier)
  if (!found) throw new Error(`${specifier} is no package of ours`)
  return new URL(`${found[1]}/dist/${found[2] ?? 'index'}.js`, packages).href
}
