/**
 * Metrics, health and status of the pipelines of `@tickets/core`, for Prometheus and over HTTP.
 * @packageDocumentation
 */

export type { Labels, MetricName } from './catalogue/catalogue.ts'
export { catalogue } from './catalogue/catalogue.ts'
export type { Label, MetricDefinition } from './catalogue/definition.ts'
export { type Dashboard, dashboard } from './dashboard/dashboard.ts'
export type {
  CommitView,
  CountsView,
  DashboardView,
  FaultView,
  HistoryView,
  LossView,
  OutputView,
  PartitionView,
  PipelineView,
  ProgressView,
  WaitView,
} from './dashboard/view.ts'
export { type FetchOptions, monitorFetch } from './http/monitor-fetch.ts'
export { monitorHandler } from './http/monitor-handler.ts'
export { type MonitorServer, type ServeOptions, serveMonitor } from './http/serve-monitor.ts'
export { type Metrics, metrics } from './metrics/metrics.ts'
export { prometheusText } from './metrics/prometheus-text.ts'
export type { HistogramSeries, MetricFamily, ValueSeries } from './metrics/store.ts'
export { type Monitor, type MonitorOptions, monitor } from './monitor.ts'
export type { PanelOptions } from './panels/columns.ts'
export type { PanelView, PanelWindow } from './panels/panel-view.ts'
export type { Verdict } from './runs/health.ts'
export type { SeenError } from './runs/run-view.ts'
export type { PartitionStatus, PipelineStatus, ProgressStatus, RangeStatus } from './runs/status.ts'
