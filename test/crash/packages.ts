import { registerHooks } from 'node:module'
import { packageUrl } from './package-url.ts'

// Workers run the built packages, as applications do.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('@tickets/') ? { url: packageUrl(specifier), shortCircuit: true } : next(specifier, context),
})
