import { registerHooks } from 'node:module'

// Workers run the built packages, as applications do. `TICKETS_PACKAGES` names another folder of packages, for comparing builds.
const packages = process.env.TICKETS_PACKAGES ? new URL(`file://${process.env.TICKETS_PACKAGES}/`) : new URL('../../packages/', import.meta.url)

registerHooks({
  resolve(specifier, context, next) {
    const found = /^@tickets\/([\w-]+)(?:\/(\w+))?$/.exec(specifier)
    if (!found) return next(specifier, context)
    return { url: new URL(`${found[1]}/dist/${found[2] ?? 'index'}.js`, packages).href, shortCircuit: true }
  },
})
