import type { Bilingual } from '../configuration/bilingual.ts';
import { Warehouse } from '../warehouse/warehouse.ts';
import { loadDataFiles } from './reference.ts';
import { sourceIn, withFrenchSource } from './source-text.ts';

/** A number that a text, or a convention, gives to a computation: a threshold, a coefficient, a step of a scale. */
export interface Parameter {
  /** reference table that holds it */
  readonly table: string;
  /** its name in the table; the part of a scale; the country of an amount or a right, after what it is the part of for a mix */
  readonly name: string;
  /** upper bound of a step of a scale, headcount from which a coefficient holds; null where there is none */
  readonly bound: string | null;
  readonly value: string;
  readonly unit: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly toConfirm: boolean;
  readonly source: Bilingual;
}

/** How each table tells the columns of {@link Parameter}; a table that holds two numbers a row is told twice. */
const told = [
  { table: 'constants', name: 'name', bound: 'null', value: 'value', unit: 'unit', dated: false },
  {
    table: 'disability_parameters',
    name: 'name',
    bound: 'from_headcount',
    value: 'value',
    unit: 'unit',
    dated: true,
  },
  {
    table: 'equality_index_parameters',
    name: 'name',
    bound: 'null',
    value: 'value',
    unit: 'unit',
    dated: true,
  },
  {
    table: 'equality_index_scales',
    name: 'part',
    bound: 'upper',
    value: 'points',
    unit: "'points'",
    dated: true,
  },
  {
    table: 'wage_benchmarks',
    name: 'country',
    bound: 'null',
    value: 'hourly_eur',
    unit: "'EUR gross an hour'",
    dated: true,
  },
  {
    table: 'energy_mix',
    name: "'fossil ' || country",
    bound: 'null',
    value: 'fossil_pct',
    unit: "'%'",
    dated: true,
  },
  {
    table: 'energy_mix',
    name: "'nuclear ' || country",
    bound: 'null',
    value: 'nuclear_pct',
    unit: "'%'",
    dated: true,
  },
  { table: 'family_leave_rights', name: 'country', bound: 'null', value: '1', unit: "'right'", dated: true },
] as const;

/** The parameters of the catalogue and of a group's own, in the order of their files. */
export async function readParameters(overlay: string | undefined): Promise<Parameter[]> {
  const warehouse = await Warehouse.open(':memory:', { memory: '1GB' });
  try {
    await warehouse.run('create schema reference');
    await loadDataFiles(warehouse, overlay);
    const found: Parameter[] = [];
    for (const { table, name, bound, value, unit, dated } of told) {
      const plain = (column: string) => `rtrim(rtrim((${column})::decimal(18,6)::varchar, '0'), '.')`;
      found.push(
        ...(await warehouse.rows<Parameter>(
          `select '${table}' as "table", ${name} as name, ${plain(bound)} as bound, ${plain(value)} as value, ${unit} as unit,
             ${dated ? 'valid_from::varchar' : 'null'} as "from", ${dated ? 'valid_to::varchar' : 'null'} as "to",
             ${dated ? "certainty = 'to_confirm'" : "starts_with(source, 'to confirm')"} as "toConfirm",
             { fr: ${sourceIn.fr}, en: ${sourceIn.en} } as source
           from ${withFrenchSource(table)} order by row_number`,
        )),
      );
    }
    return found;
  } finally {
    await warehouse.close();
  }
}
