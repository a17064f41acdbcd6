import { expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf } from '../schema/fields.ts'
import { missingColumn } from './missing-column.ts'

const fields = fieldsOf({
  id: z.string(),
  u: z.object({ geo: z.object({ lat: z.number(), lon: z.number() }), seen: z.array(z.object({ city: z.string() })) }),
  parcels: z.array(z.object({ weight_kg: z.number() })),
  prices: z.record(z.string(), z.number()),
  'u.name': z.string(),
})

test.each([
  ['xyzzyx', '; it has id, u, parcels, prices, u.name'],
  ['parcel', '; it has id, u, parcels, prices, u.name. Did you mean parcels?'],
  ['parcels.weight_kg', ": parcels is a list, so explode('parcels') first"],
  ['u.gee', '; u has u.geo, u.seen. Did you mean u.geo?'],
  ['u.geo.latitude', '; u.geo has u.geo.lat, u.geo.lon'],
  ['u.geo.lan', '; u.geo has u.geo.lat, u.geo.lon. Did you mean u.geo.lat?'],
  ['u.seen.city', ': u.seen is a list, so make it a column with mapRows and explode that first'],
  ['prices.eur', ': prices is a record, whose keys are no columns, so make a column of its value with mapRows'],
  ['id.part', ': id is of kind string and has no members'],
  ['u.name.first', ': u.name is of kind string and has no members'],
])('for a path %s without a column, says what there is or what to do', (path, text) => {
  expect(missingColumn(fields, path)).toBe(text)
})
