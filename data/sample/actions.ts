import { addDays, lastDay, type Month, months } from './calendar.ts';
import { csv, type ExtractOut, type Field } from './extract-files.ts';
import { finalMonth } from './group.ts';

/** What the arbitration reads: site, project code, day of the effect, tCO2e a year, running costs a year, years of use. */
const economics: Readonly<Record<string, readonly [string, string, string, string, string, string]>> = {
  'A-LED-ANG': ['ANG', 'C-ANG-LED', '2025-12-01', '9,4', '-21000', '12'],
  'A-FURNACE': ['LOR', 'C-LOR-FURN', '2026-07-01', '49', '-110000', '20'],
  'A-COMPRESS': ['ANG', '', '2027-04-01', '11,4', '-26000', '5'],
  'A-SOLAR-LYO': ['LYO', 'C-LYO-PV', '2025-07-01', '7,3', '4000', '25'],
  'A-GO-OFR': ['', '', '2026-01-01', '322', '31000', '1'],
  'A-CAST-BACK': ['LOR', '', '2027-01-01', '', '-900000', '10'],
  'A-WATER-LOOP': ['ZAR', 'C-ZAR-WATER', '2027-01-01', '', '-9000', '15'],
  'A-HRIS': ['', 'D-HRIS', '', '', '', ''],
};

/** action, objective, French name, English name, department, owner, entity, start, due, done, budget, spent, effect, unit, saving, evidence, depends on, and what became of it */
interface ActionPlan {
  readonly fields: readonly [string, string, string, string, string, string, string, string, string];
  readonly done: string;
  readonly budget: number;
  readonly spent: number;
  readonly effect: string;
  readonly unit: string;
  readonly saving: string;
  readonly evidence: string;
  readonly dependsOn: string;
  readonly stopped?: string;
}

const plans: readonly ActionPlan[] = [
  plan(
    [
      'A-LED-ANG',
      'O-ENERGY',
      'LED et variateurs à Angers',
      'LED and drives at Angers',
      'operations',
      'Directeur d’Angers',
      'OFR',
      '2025-06-01',
      '2025-11-30',
    ],
    { done: '2025-11-28', budget: 380_000, spent: 378_000, effect: '-180', unit: 'MWh', saving: '21000' },
  ),
  plan(
    [
      'A-FURNACE',
      'O-ENERGY',
      'Four de fusion à induction',
      'Induction melting furnace',
      'operations',
      'Directeur de Lorient',
      'OFR',
      '2025-06-01',
      '2026-06-30',
    ],
    {
      done: '2026-06-26',
      budget: 6_500_000,
      spent: 6_640_000,
      effect: '-950',
      unit: 'MWh',
      evidence: 'PV de réception 2026-06',
    },
  ),
  plan(
    [
      'A-COMPRESS',
      'O-ENERGY',
      'Fuites d’air comprimé',
      'Compressed-air leaks',
      'operations',
      'Directeur d’Angers',
      'OFR',
      '2026-09-01',
      '2027-03-31',
    ],
    { budget: 60_000, spent: 0, effect: '-220', unit: 'MWh' },
  ),
  plan(
    [
      'A-SOLAR-LYO',
      'O-RENEWABLE',
      'Toiture solaire de Lyon',
      'Solar roof at Lyon',
      'operations',
      'Directeur logistique',
      'OFR',
      '2025-01-01',
      '2025-06-30',
    ],
    {
      done: '2025-06-24',
      budget: 500_000,
      spent: 492_000,
      effect: '140',
      unit: 'MWh',
      saving: '16500',
      evidence: 'Consuel 2025-06-24',
    },
  ),
  plan(
    [
      'A-GO-OFR',
      'O-RENEWABLE',
      'Garanties d’origine d’Orvanne Fluides',
      'Guarantees of origin for Orvanne Fluides',
      'finance',
      'Directeur des achats',
      'OFR',
      '2025-01-01',
      '2026-12-31',
    ],
    { budget: 90_000, spent: 61_000, effect: '6200', unit: 'MWh', evidence: 'Registre des garanties' },
  ),
  plan(
    [
      'A-CAST-BACK',
      'O-INSOURCE',
      'Retour de la coulée à Lorient',
      'Casting back to Lorient',
      'operations',
      'Directeur de Lorient',
      'OFR',
      '2025-10-01',
      '2026-12-31',
    ],
    {
      budget: 2_400_000,
      spent: 1_650_000,
      effect: '2100',
      unit: 'MWh',
      saving: '900000',
      dependsOn: 'A-FURNACE',
    },
  ),
  plan(
    [
      'A-GUARDS',
      'O-SAFETY',
      'Carters et barrières',
      'Guards and barriers',
      'operations',
      'Responsable sécurité',
      'OFR',
      '2025-03-01',
      '2026-03-31',
    ],
    { budget: 420_000, spent: 190_000, effect: '-2', unit: 'per 1e6 h' },
  ),
  plan(
    [
      'A-SAFE-TALK',
      'O-SAFETY',
      'Quarts d’heure sécurité',
      'Safety talks',
      'operations',
      'Responsable sécurité',
      '',
      '2025-01-01',
      '2025-12-31',
    ],
    {
      done: '2025-12-15',
      budget: 40_000,
      spent: 38_000,
      effect: '-1',
      unit: 'per 1e6 h',
      evidence: 'Feuilles de présence',
    },
  ),
  plan(
    [
      'A-WOMEN-POOL',
      'O-WOMEN',
      'Vivier de dirigeantes',
      'Pool of women leaders',
      'hr',
      'Directrice des ressources humaines',
      '',
      '2024-09-01',
      '2026-12-31',
    ],
    { budget: 220_000, spent: 148_000, effect: '10', unit: 'point' },
  ),
  plan(
    [
      'A-ACADEMY',
      'O-TRAINING',
      'École de la fonderie',
      'Foundry academy',
      'hr',
      'Directrice des ressources humaines',
      'OFR',
      '2025-01-01',
      '2026-12-31',
    ],
    { budget: 640_000, spent: 402_000, effect: '2', unit: 'h' },
  ),
  plan(
    [
      'A-PAY-FLOW',
      'O-PAYMENT',
      'Circuit des factures',
      'Invoice workflow',
      'finance',
      'Directeur comptable',
      '',
      '2025-04-01',
      '2025-12-31',
    ],
    {
      done: '2025-12-19',
      budget: 180_000,
      spent: 171_000,
      effect: '5',
      unit: 'point',
      evidence: 'Recette 2025-12',
    },
  ),
  plan(
    [
      'A-CODE',
      'O-PROCUREMENT',
      'Charte des fournisseurs',
      'Supplier code',
      'finance',
      'Directeur des achats',
      '',
      '2025-01-01',
      '2026-06-30',
    ],
    { budget: 70_000, spent: 52_000, effect: '15', unit: 'point' },
  ),
  plan(
    [
      'A-COURSE',
      'O-INTEGRITY',
      'Cours anticorruption',
      'Anti-corruption course',
      'governance',
      'Secrétaire générale',
      '',
      '2025-03-01',
      '2026-12-31',
    ],
    { budget: 55_000, spent: 31_000, effect: '20', unit: 'point' },
  ),
  plan(
    [
      'A-AI-LIST',
      'O-AI',
      'Inventaire des systèmes d’IA',
      'Inventory of AI systems',
      'innovation',
      'Responsable du numérique',
      '',
      '2025-02-01',
      '2026-12-31',
    ],
    { budget: 45_000, spent: 22_000, effect: '30', unit: 'point' },
  ),
  plan(
    [
      'A-WATER-LOOP',
      '',
      'Boucle d’eau de Saragosse',
      'Water loop at Zaragoza',
      'operations',
      'Director de planta',
      'OES',
      '2026-05-01',
      '2026-12-31',
    ],
    { budget: 420_000, spent: 230_000, effect: '-2500', unit: 'm3' },
  ),
  plan(
    [
      'A-HRIS',
      '',
      'SIRH du groupe',
      'Group HR system',
      'hr',
      'Directrice des ressources humaines',
      '',
      '2025-03-01',
      '2026-06-30',
    ],
    { budget: 1_000_000, spent: 812_000, effect: '', unit: '' },
  ),
];

function plan(fields: ActionPlan['fields'], rest: Partial<ActionPlan>): ActionPlan {
  return {
    fields,
    done: '',
    budget: 0,
    spent: 0,
    effect: '',
    unit: '',
    saving: '',
    evidence: '',
    dependsOn: '',
    ...rest,
  };
}

/** The action plan as it stood at the horizon: an action done later is running, one past its day is late. */
export function actionFile(last: Month): ExtractOut {
  const headings = [
    'Action',
    'Objectif',
    'Intitulé (fr)',
    'Intitulé (en)',
    'Direction',
    'Responsable',
    'Entité',
    'Début',
    'Échéance',
    'Statut',
    'Terminée le',
    'Budget',
    'Dépensé',
    'Devise',
    'Effet attendu',
    "Unité de l'effet",
    'Effet à partir du',
    'Site',
    'Projet',
    'Émissions évitées (tCO2e/an)',
    'Coût annuel',
    'Durée de vie (ans)',
    'Gain déclaré',
    'Preuve',
    'Dépend de',
  ];
  const day = lastDay(last);
  const rows = plans
    .filter((each) => each.fields[7] <= addDays(day, 60))
    .map((each): Field[] => {
      const [, , , , , , , start, due] = each.fields;
      const done = each.done !== '' && each.done <= day;
      const [site, project, effectFrom, abatement, annualCost, lifetime] = economics[each.fields[0]] ?? [
        '',
        '',
        '',
        '',
        '',
        '',
      ];
      const status = done ? 'done' : start > day ? 'planned' : due < day ? 'late' : 'running';
      const progress = done
        ? 1
        : Math.min(
            1,
            Math.max(
              0,
              months(start.slice(0, 7), last).length /
                Math.max(1, months(start.slice(0, 7), finalMonth).length),
            ),
          );
      const spent = Math.round((each.spent * progress) / 1000) * 1000;
      return [
        ...each.fields,
        status,
        done ? each.done : '',
        `${each.budget},00`,
        `${spent},00`,
        'EUR',
        each.effect,
        each.unit,
        effectFrom,
        site,
        project,
        abatement,
        annualCost,
        lifetime,
        done || each.fields[0] === 'A-CAST-BACK' ? each.saving : '',
        done || each.done === '' ? each.evidence : '',
        each.dependsOn,
      ];
    });
  return csv('governance/actions.csv', headings, rows);
}
