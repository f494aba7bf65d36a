import { csv, type ExtractOut } from './extract-files.ts';
import type { EntityId } from './group.ts';
import { surname } from './names.ts';
import { stream } from './random.ts';

export interface Supplier {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly family: string;
  readonly codeSigned: boolean;
  readonly assessed: boolean;
  readonly sheltered: boolean;
  /** as the decree of 2008 has it; null where nobody asked */
  readonly size: 'micro' | 'small_medium' | 'intermediate' | 'large' | null;
}

/** Suppliers that one department deals with alone; the others are drawn. */
const named: readonly (readonly [string, string, string, string, boolean])[] = [
  ['S9001', 'Électricité du Ponant', 'FR', 'energy', true],
  ['S9002', 'Gaz de la Loire fictive', 'FR', 'energy', true],
  ['S9003', 'Cartes Relais', 'FR', 'fuel', false],
  ['S9004', 'Agence Boussole', 'FR', 'travel', true],
  ['S9005', 'Hannover Stadtstrom', 'DE', 'energy', true],
  ['S9006', 'Energía del Ebro', 'ES', 'energy', false],
  ...[0, 1, 2, 3, 4].map(
    (n) =>
      [
        `S901${n}`,
        `Transports ${['Alizé', 'Bruine', 'Cirrus', 'Dune', 'Estuaire'][n]}`,
        n < 3 ? 'FR' : 'DE',
        'transport',
        n !== 2,
      ] as const,
  ),
  ...[0, 1, 2, 3].map(
    (n) =>
      [
        `S902${n}`,
        `Formation ${['Amarre', 'Balise', 'Cabestan', 'Drisse'][n]}`,
        'FR',
        'training',
        n !== 1,
      ] as const,
  ),
  ['S9024', 'Conformité en ligne', 'FR', 'training', true],
  ['S9030', 'Valorisation du Scorff', 'FR', 'waste', true],
  ['S9031', 'Collecte d’Anjou', 'FR', 'waste', true],
  ['S9032', 'Entsorgung Leine', 'DE', 'waste', true],
  ['S9033', 'Residuos del Ebro', 'ES', 'waste', false],
  ['S9041', 'Eaux de l’Ouest', 'FR', 'water', true],
  ['S9042', 'Wasserwerk Leine', 'DE', 'water', true],
  ['S9043', 'Aguas del Ebro', 'ES', 'water', false],
  ...[0, 1, 2, 3, 4].map(
    (n) =>
      [
        `S905${n}`,
        `Laboratoire ${['Hélice', 'Ondine', 'Piston', 'Rotor', 'Turbine'][n]}`,
        'FR',
        'research',
        n !== 3,
      ] as const,
  ),
  ['S9060', 'Machines du Couesnon', 'FR', 'equipment', true],
  ['S9061', 'Logiciels Vigie', 'FR', 'software', true],
  ['S9062', 'Cabinet Boulier', 'FR', 'services', false],
];

/** Ordinary suppliers by company and family: how many. */
export const families: Record<string, readonly [Partial<Record<EntityId, number>>, number]> = {
  // family: [suppliers by company, share that signed the code]
  materials: [{ OFR: 16, ODE: 11, OES: 7 }, 0.7],
  consumables: [{ OFR: 12, ODE: 7, OES: 4 }, 0.58],
  subcontracting: [{ OFR: 14, ODE: 6, OES: 4 }, 0.62],
  equipment: [{ OFR: 12, ORV: 5, ODE: 6, OES: 3 }, 0.5],
  services: [{ OFR: 18, ORV: 16, ODE: 9, OES: 6 }, 0.45],
  premises: [{ OFR: 9, ORV: 5, ODE: 5, OES: 3 }, 0.4],
  temporary_work: [{ OFR: 5, ODE: 3, OES: 2 }, 0.9],
};

export function supplierRegister(): Supplier[] {
  const list: Supplier[] = named.map(([id, name, country, family, codeSigned]) => ({
    id,
    name,
    country,
    family,
    codeSigned,
    assessed: codeSigned,
    sheltered: false,
    size: family === 'energy' || family === 'fuel' ? 'large' : 'intermediate',
  }));
  let order = 1;
  for (const [family, [counts, signed]] of Object.entries(families)) {
    for (const [company, count] of Object.entries(counts)) {
      for (let n = 0; n < count; n++) {
        const random = stream(`supplier/${family}/${company}/${n}`);
        const near = { ORV: 'FR', OFR: 'FR', ODE: 'DE', OES: 'ES' }[company] as string;
        const codeSigned = n < count * signed;
        list.push({
          id: `S${String(order++).padStart(4, '0')}`,
          name: `${surname(random)} ${random.pick(['SAS', 'SARL', 'Industrie', '& Cie'])}`,
          country: random.chance(0.78) ? near : random.pick(['IT', 'PL', 'CN', 'BE', 'NL', 'CZ']),
          family: `${family}/${company}`,
          codeSigned,
          assessed: codeSigned && random.chance(0.7),
          sheltered: family === 'services' && n === count - 1,
          size: stream(`supplier-size/${family}/${company}/${n}`).pick([
            'micro',
            'small_medium',
            'small_medium',
            'small_medium',
            'small_medium',
            'intermediate',
            'intermediate',
            'large',
            null,
          ]),
        });
      }
    }
  }
  return list.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function supplierFile(register: readonly Supplier[]): ExtractOut {
  const headings = [
    'Fournisseur',
    'Raison sociale',
    'Pays',
    'Famille',
    'Charte signée',
    'Évalué RSE',
    'EA ou ESAT',
    'Taille',
  ];
  return csv(
    'purchasing/suppliers.csv',
    headings,
    register.map((each) => [
      each.id,
      each.name,
      each.country,
      each.family.split('/')[0] as string,
      each.codeSigned,
      each.assessed,
      each.sheltered,
      each.size ?? '',
    ]),
  );
}
