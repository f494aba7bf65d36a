import type { Random } from './random.ts';

/** Names put together from syllables: they sound French and belong to nobody. */
const heads = [
  'Bar',
  'Cor',
  'Dan',
  'Fler',
  'Gal',
  'Jor',
  'Lam',
  'Mar',
  'Nor',
  'Pel',
  'Quer',
  'Ros',
  'Sav',
  'Tal',
  'Vau',
  'Ber',
  'Chan',
  'Ger',
  'Hél',
  'Mél',
];
const middles = ['bi', 'do', 'fa', 'gue', 'li', 'ma', 'né', 'pi', 'ro', 'sa', 'ti', 'va', 'xi', 'zé'];
const tails = ['neau', 'rand', 'quin', 'val', 'mont', 'lier', 'teuil', 'dor', 'gny', 'zac', 'lec', 'veyre'];

const women = [
  'Anaëlle',
  'Bérénice',
  'Cléa',
  'Dorine',
  'Éloïse',
  'Flore',
  'Garance',
  'Héloïse',
  'Irène',
  'Jade',
  'Lilia',
  'Maëlys',
  'Noélie',
  'Océane',
  'Perrine',
  'Rosalie',
  'Solène',
  'Tiphaine',
  'Ursule',
  'Zoé',
];
const men = [
  'Aurélien',
  'Bastien',
  'Cédric',
  'Dorian',
  'Étienne',
  'Florian',
  'Gaël',
  'Hadrien',
  'Ivan',
  'Joël',
  'Loïc',
  'Maël',
  'Noé',
  'Octave',
  'Paulin',
  'Rémi',
  'Sylvain',
  'Théo',
  'Ulysse',
  'Yoann',
];

export function surname(random: Random): string {
  return `${random.pick(heads)}${random.pick(middles)}${random.pick(tails)}`.toUpperCase();
}

export function givenName(random: Random, sex: 'F' | 'M'): string {
  return random.pick(sex === 'F' ? women : men);
}
