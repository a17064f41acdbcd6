import { TicketsError } from '@tickets/core'
import { fileError, isPassing } from '@tickets/core/internal'

/** What keeps parquet-wasm out of a bundle, for each bundler. */
const EXTERNAL = `esbuild: external: ['parquet-wasm']; Vite: ssr: { external: ['parquet-wasm'] }; webpack: externals: { 'parquet-wasm': 'commonjs parquet-wasm' }, or 'module parquet-wasm' with output.module`

/** Whether the code of parquet-wasm runs, and looks for its .wasm file where a bundle has none. */
function isBundled(cause: unknown): boolean {
  const { code, message = '' } = (cause ?? {}) as { readonly code?: unknown; readonly message?: string }
  return (code === 'ENOENT' && message.includes('.wasm')) || /__dirname is not defined|Dynamic require of/.test(message)
}

/** Returns the error for a parquet-wasm that cannot be loaded, with what to do: in a bundle, if it is not installed, and otherwise. */
export function loadError(cause: unknown): TicketsError {
  // Too many open files, and the like, is no fault of the installation.
  if (isPassing(cause)) return fileError(cause, 'ENCODER_FAILED', 'loading parquet-wasm')
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  const advice = isBundled(cause)
    ? `it is in the bundle and its .wasm file is not. Leave it out of the bundle (${EXTERNAL}) and install it beside the bundle: npm i parquet-wasm`
    : code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
      ? 'it is not installed where the application runs: npm i parquet-wasm'
      : 'install the packages again, or write another format'
  return new TicketsError('ENCODER_FAILED', `parquet-wasm cannot be loaded: ${advice}`, { cause })
}
