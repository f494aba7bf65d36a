import { type Company, firstMonth, quarters } from './group.ts';

/** The configuration of a load: every company wholly owned by the first, one site each, the three kinds of source. */
export function configurationOf(companies: readonly Company[]): string {
  const parent = companies[0] as Company;
  const ids = `[${companies.map(({ id }) => id).join(', ')}]`;
  const lines = [
    '# Written by the load generator. Everything in it is invented.',
    'group: { name: Charge, currency: EUR }',
    'language: fr',
    `history_from: ${quarters[0]}`,
    'perimeter:',
    '  entities:',
    ...companies.map(
      ({ id, siren }) =>
        `    - { id: ${id}, name: Charge ${id}, country: FR, siren: "${siren}", parent: ${id === parent.id ? 'null' : parent.id}, method: full, share: 100 }`,
    ),
    '  sites:',
    ...companies.map(
      ({ id, site, siret }) =>
        `    - { id: ${site}, entity: ${id}, name: Site ${site}, city: Nantes, country: FR, siret: "${siret}", area_m2: 1000 }`,
    ),
    '  meters:',
    ...companies.flatMap(({ site, meters }) =>
      meters.map(
        (meter) => `    - { id: "${meter}", site: ${site}, carrier: electricity, from: ${firstMonth}-01 }`,
      ),
    ),
    'sources:',
    '  - id: curves',
    '    connector: enedis',
    '    path: extracts/curves/*.csv',
    `    entities: &all ${ids}`,
    "    covers: '(?<year>\\d{4})-Q(?<quarter>\\d)'",
    '  - id: fec',
    '    connector: fec',
    '    path: extracts/fec/*.txt',
    '    entities: *all',
    "    covers: 'FEC(?<to>\\d{8})'",
    '  - id: dsn',
    '    connector: dsn',
    '    path: extracts/dsn/*.dsn',
    '    entities: *all',
    "    covers: '_(?<year>\\d{4})-(?<month>\\d{2})'",
    '    personal: true',
    'privacy: { key_file: pseudonym.key, personal_extracts: omit }',
    '',
  ];
  return lines.join('\n');
}
