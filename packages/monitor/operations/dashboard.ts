import { VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common'
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { type PanelDescription, type PanelRow, rows } from './panels.ts'
import { selector } from './promql.ts'

/** The Prometheus that is chosen at the top of the dashboard. */
const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

/** Returns the dashboard, built by Grafana's own library. */
export function dashboard(): Dashboard {
  const pipeline = `label_values(${selector('tickets_up')}, pipeline)`
  const builder = new DashboardBuilder('Tickets pipelines')
    .uid('tickets-pipelines')
    .tags(['tickets'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('pipeline').label('Pipeline').datasource(DATASOURCE).query(pipeline).refresh(2).multi(true).includeAll(true),
    )
  for (const row of rows) addRow(builder, row)
  const built = builder.build()
  return { ...built, panels: (built.panels ?? []).map((panel, i) => ({ ...panel, id: i + 1 })) }
}

function addRow(builder: DashboardBuilder, { title, panels }: PanelRow): void {
  builder.withRow(new RowBuilder(title))
  for (const panel of panels) builder.withPanel(panelOf(panel))
}

function panelOf({ title, description, unit, queries }: PanelDescription): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .unit(unit)
    .min(0)
    .height(8)
    .span(8)
    .datasource(DATASOURCE)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
  queries.forEach(({ expr, legend }, i) => {
    panel.withTarget(
      new DataqueryBuilder()
        .refId(String.fromCharCode(65 + i))
        .datasource(DATASOURCE)
        .expr(expr)
        .legendFormat(legend),
    )
  })
  return panel
}
