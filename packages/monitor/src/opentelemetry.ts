/**
 * Metrics and traces of the pipelines of `@tickets/core` for OpenTelemetry. Needs the package `@opentelemetry/api`.
 * @packageDocumentation
 */

export { type OpenTelemetryOptions, openTelemetry } from './otel/open-telemetry.ts'
