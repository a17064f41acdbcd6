import { join } from 'node:path'
import { filesOfTable } from '../files/files-of-table.ts'
import type { Bench } from './bench.ts'
import type { JoinedWith, NestedIn } from './config.ts'
import type { Elsewhere } from './expected.ts'
import type { JoinedFound } from './joined-expected.ts'
import type { NestedFound } from './nested-expected.ts'
import type { Run } from './run.ts'

/** Reads what the workers of a run wrote beside the datasets that all runs have, for the check. */
export async function foundElsewhere({ bench, bucket, home, lake, tables, keyed, warehouse, nested, joined }: Run): Promise<Elsewhere> {
  await bucket?.download(home)
  const folder = (name: string) => join(home, 'out', name)
  const inDelta = (name: string) => bench.tables.ofDelta(folder(name), `${home}-${name}.parquet`)
  const inIceberg = (name: string) =>
    bench.tables.ofIceberg(bucket ? { ...bucket.config(), prefix: `out/${name}` } : { path: folder(name) }, `${home}-${name}.parquet`)
  return {
    lake: lake ? join(home, 'lake') : null,
    delta: tables ? filesOfTable(folder('delta')) : null,
    deltaRows: tables ? await inDelta('delta') : null,
    iceberg: tables ? await inIceberg('iceberg') : null,
    keyed: keyed
      ? {
          delta: await inDelta('keyed_delta'),
          iceberg: await inIceberg('keyed_iceberg'),
          windowsDelta: await inDelta('keyed_windows_delta'),
          windowsIceberg: await inIceberg('keyed_windows_iceberg'),
        }
      : null,
    facts: warehouse === null ? null : await factsIn(bench, warehouse, home),
    joined: joined === null ? null : await joinedIn(bench, joined, home),
    nested: nested === null ? null : await nestedIn(bench, nested, home),
  }
}

async function factsIn({ databases }: Bench, url: string, home: string): Promise<Elsewhere['facts']> {
  const found = {
    fact_ticket: await databases.rows(url, 'fact_ticket', home),
    v_tickets_by_type: await databases.rows(url, 'v_tickets_by_type', home),
    v_tickets_by_priority: await databases.rows(url, 'v_tickets_by_priority', home),
    v_metrics: await databases.rows(url, 'v_metrics', home),
  }
  await databases.drop(url)
  return found
}

async function nestedIn({ databases }: Bench, { mariadb, postgres }: NestedIn, home: string): Promise<NestedFound> {
  const found = {
    notes: join(home, 'out', 'notes', '*.parquet'),
    exploded: await databases.rows(mariadb, 'exploded', home),
    words: await databases.rows(postgres, 'words', home),
  }
  await databases.drop(mariadb, postgres)
  return found
}

async function joinedIn(bench: Bench, { plans, calls, totals, mariadb, postgres }: JoinedWith, home: string): Promise<JoinedFound> {
  const found = {
    plans: await bench.told(plans),
    calls: await bench.told(calls),
    withPlans: join(home, 'out', 'joined_plans', '*.parquet'),
    withCalls: join(home, 'out', 'joined_calls', '*.parquet'),
    mariadb: await bench.databases.rows(mariadb, 'totals', `${home}-mariadb`),
    postgres: await bench.databases.rows(postgres, 'totals', `${home}-postgres`),
    topic: await bench.told(totals),
  }
  await bench.databases.drop(mariadb, postgres)
  return found
}
