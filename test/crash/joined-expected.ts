/** Files with what the joins read, and where joined rows and totals were found. */
export interface JoinedFound {
  /** Messages of the topics that tickets were joined with. */
  readonly plans: string
  readonly calls: string
  /** Parquet files of the joined rows. */
  readonly withPlans: string
  readonly withCalls: string
  /** Rows of the tables of totals, and the messages of their topic. */
  readonly mariadb: string
  readonly postgres: string
  readonly topic: string
}

const messages = (file: string) =>
  `read_json('${file}', format = 'newline_delimited', columns = {partition: 'INTEGER', position: 'BIGINT', "at": 'BIGINT', "key": 'VARCHAR', "row": 'JSON'})`
/** W before each message: the largest time of its partition so far, less 2 seconds. */
const watermark = (time: string) =>
  `max(${time}) OVER (PARTITION BY partition ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - 2000`

/** Versions of the table (docs/internals/protocol.md#9.3): a late one is seen by rows from the watermark on that it missed. */
const versions = (file: string) => `
  (SELECT *, CASE WHEN since < w THEN w ELSE since END AS seen_from FROM (SELECT *, ${watermark('since')} AS w FROM (
    SELECT partition, position, "key" AS client_id, json_extract_string("row", '$.plan') AS plan,
      CASE WHEN "row" IS NULL THEN "at" ELSE epoch_ms(json_extract_string("row", '$.since')::TIMESTAMPTZ) END AS since FROM ${messages(file)})))`

/** Calls that are not late. */
const calls = (file: string) => `
  (SELECT * FROM (SELECT *, ${watermark('t')} AS w FROM (
    SELECT partition, position, json_extract_string("row", '$.client_id') AS client_id, json_extract("row", '$.call')::BIGINT AS call,
      epoch_ms(json_extract_string("row", '$.called_at')::TIMESTAMPTZ) AS t FROM ${messages(file)})) WHERE w IS NULL OR t >= w)`

/** Tickets that are not late in a join without grace. */
const onTime = `(SELECT *, epoch_ms(created_at) AS t FROM tickets WHERE w IS NULL OR created_at >= w)`

const totals = `SELECT client_id, count(*) AS tickets, count(DISTINCT request) AS texts,
  arg_max(priority, {t: created_at, p: position}) AS priority, epoch_ms(max(created_at)) AS newest FROM tickets GROUP BY client_id`

const rows = (file: string) =>
  `read_json('${file}', format = 'newline_delimited', columns = {client_id: 'VARCHAR', tickets: 'BIGINT', texts: 'BIGINT', priority: 'VARCHAR', newest: 'VARCHAR'})`

/** Joined rows and totals against what had to be: two queries each, the expected one first. */
export function inJoined(found: JoinedFound): Readonly<Record<string, readonly [string, string]>> {
  const plan = `SELECT ticket_id, t.client_id, t, (SELECT arg_max(coalesce(plan, ''), {since: v.since, position: v.position}) FROM ${versions(found.plans)} v
    WHERE v.client_id = t.client_id AND v.since <= t.t AND v.seen_from <= t.t) AS plan FROM ${onTime} t`
  const pairs = `SELECT ticket_id, t.client_id, t.t, c.call, greatest(t.t, coalesce(c.t, t.t)) FROM ${onTime} t
    LEFT JOIN ${calls(found.calls)} c ON c.client_id = t.client_id AND c.t BETWEEN t.t - 3000 AND t.t + 3000`
  const newest = `SELECT json_extract_string("row", '$.client_id') AS client_id, json_extract("row", '$.tickets')::BIGINT,
    json_extract("row", '$.texts')::BIGINT, json_extract_string("row", '$.priority'), epoch_ms(json_extract_string("row", '$.newest')::TIMESTAMPTZ)
    FROM ${messages(found.topic)} QUALIFY row_number() OVER (PARTITION BY client_id ORDER BY json_extract("row", '$.revision')::BIGINT DESC) = 1`
  return {
    'tickets with plans': [
      `SELECT * REPLACE (nullif(plan, '') AS plan) FROM (${plan})`,
      `SELECT ticket_id, client_id, epoch_ms(created_at), plan FROM read_parquet('${found.withPlans}')`,
    ],
    'tickets with calls': [
      pairs,
      `SELECT ticket_id, client_id, epoch_ms(created_at), call, epoch_ms(joined_at) FROM read_parquet('${found.withCalls}')`,
    ],
    'totals in MariaDB': [totals, `SELECT * REPLACE (epoch_ms(newest::TIMESTAMP) AS newest) FROM ${rows(found.mariadb)}`],
    'totals in PostgreSQL': [totals, `SELECT * REPLACE (epoch_ms(newest::TIMESTAMPTZ) AS newest) FROM ${rows(found.postgres)}`],
    'totals in a topic': [totals, newest],
  }
}
