import { into, pipeline, type Source } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { csvSink, jsonSink, parquetSink } from '@tickets/sinks'
import { mysqlSink } from '@tickets/sinks/mysql' //: mysql
import { postgresSink } from '@tickets/sinks/postgres' //: postgres
import type { Order } from './order.ts'
import { revenueByCity } from './revenue.ts'

const mysql = process.env.MYSQL_URL ?? 'mysql://app:secret@localhost:3306/orders' //: mysql
const postgres = process.env.POSTGRES_URL ?? 'postgres://app:secret@localhost:5432/orders' //: postgres

/** Writes orders, and the revenue of each city, below `folder`. Each is there exactly once, also after a crash. */
export const ordersPipeline = (source: Source<Order>, folder: string) =>
  pipeline({
    name: '{{name}}',
    source,
    log: commitLog(`${folder}/log`),
    maxOutOfOrderness: '5 seconds',
    deadLetters: jsonSink(`${folder}/dead_letters`),
    flows: (orders) => ({
      orders: orders.pipe(into(parquetSink(`${folder}/orders`))),
      revenue: orders.pipe(revenueByCity, into(parquetSink(`${folder}/revenue`))),
      orders_json: orders.pipe(into(jsonSink(`${folder}/orders_json`))), //: json
      revenue_json: orders.pipe(revenueByCity, into(jsonSink(`${folder}/revenue_json`))), //: json
      orders_csv: orders.pipe(into(csvSink(`${folder}/orders_csv`))), //: csv
      revenue_csv: orders.pipe(revenueByCity, into(csvSink(`${folder}/revenue_csv`))), //: csv
      orders_mysql: orders.pipe(into(mysqlSink<Order>({ url: mysql, table: 'orders', key: 'order_id' }))), //: mysql
      revenue_mysql: orders.pipe(revenueByCity, into(mysqlSink({ url: mysql, table: 'revenue' }))), //: mysql
      orders_postgres: orders.pipe(into(postgresSink<Order>({ url: postgres, table: 'orders', key: 'order_id' }))), //: postgres
      revenue_postgres: orders.pipe(revenueByCity, into(postgresSink({ url: postgres, table: 'revenue' }))), //: postgres
    }),
  })
