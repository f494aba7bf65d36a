import { Decimal } from 'decimal.js';
import { number } from '../language/quantity.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Priorities } from './contradictions.ts';
import type { Finding } from './finding.ts';

/**
 * Names at least this near are taken for one thing said twice. Jaro-Winkler over sorted words without
 * accents: 0.92 keeps a plural, a word order or a missing article, and parts names that differ by a word.
 */
const nearest = 0.92;

/** Words that say nothing of what a project is. */
const empty = 'a au aux d de des du en et l la le les par pour sur un une and for in of on the to with'.split(
  ' ',
);

/**
 * The same project or use case run twice: names that are near, in another department or company, both
 * open. Names that differ by a number or a place are stages or roll-outs, and are left alone.
 */
export async function nearNames(
  warehouse: Warehouse,
  { say, language, currency }: Priorities,
): Promise<Finding[]> {
  const rows = await warehouse.rows<{
    register: string;
    first: string;
    second: string;
    first_name: string;
    second_name: string;
    first_department: string;
    second_department: string;
    money: string | null;
    nearness: number;
  }>(`with places as (
      select lower(strip_accents(word)) as word
      from (select unnest(string_split_regex(name || ' ' || city, '[^\\p{L}]+')) as word from reference.site
        union select unnest(string_split_regex(name, '[^\\p{L}]+')) from reference.entity)
      where length(word) > 3),
    declared as (
      select 'project' as register, project as id, name, department, entity, budget_eur as money, status
      from model.project where status in ('planned', 'running')
      qualify row_number() over (partition by project order by date desc, extract_id desc, row_number desc) = 1
      union all
      select 'use_case', use_case, name, department, entity, annual_value_eur, status
      from model.ai_use_case where status <> 'stopped'
      qualify row_number() over (partition by use_case order by date desc, extract_id desc, row_number desc) = 1),
    words as (
      select d.*, list_sort(list_filter(string_split_regex(lower(strip_accents(name)), '[^\\p{L}\\d]+'), lambda w: w <> '' and not list_contains([${empty.map((word) => `'${word}'`).join(', ')}], w))) as tokens
      from declared as d),
    told as (
      select w.*, array_to_string(tokens, ' ') as bare,
        list_filter(tokens, lambda w: regexp_matches(w, '\\d')) as numbers,
        list_sort(list_intersect(tokens, (select list(word) from places))) as sites
      from words as w where len(tokens) > 0)
    select a.register, a.id as first, b.id as second, a.name as first_name, b.name as second_name,
      a.department as first_department, b.department as second_department,
      (coalesce(a.money, 0) + coalesce(b.money, 0))::varchar as money, jaro_winkler_similarity(a.bare, b.bare) as nearness
    from told as a join told as b on a.register = b.register and a.id < b.id
    where (a.department <> b.department or a.entity <> b.entity)
      and a.numbers = b.numbers and a.sites = b.sites
      and jaro_winkler_similarity(a.bare, b.bare) >= ${nearest}
    order by a.register, a.id, b.id`);
  return rows.map((row) => ({
    id: `contradiction:near_name:${row.register}:${row.first}:${row.second}`,
    kind: 'contradiction',
    severity: 'major',
    sentence: say(`contradiction.near_${row.register}`, {
      first: row.first_name,
      second: row.second_name,
      first_department: say(`department.${row.first_department}`),
      second_department: say(`department.${row.second_department}`),
      nearness: number(String(row.nearness), 2, language),
      threshold: number(String(nearest), 2, language),
    }),
    figures: [
      { name: say('names.nearness'), value: new Decimal(row.nearness).toFixed(4), unit: 'ratio' },
      {
        name: say(row.register === 'project' ? 'names.budget' : 'names.annual_value'),
        value: row.money,
        unit: currency,
      },
    ],
  }));
}
