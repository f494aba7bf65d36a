import { Decimal } from 'decimal.js';
import type { EmissionProfile } from '../../../indicators/emission-profile.ts';
import type { ScreenedCategory } from '../../content.ts';
import type { Book } from '../book.ts';
import { type Cell, number, text } from '../cell.ts';
import { numberFormat, percentFormat } from '../look.ts';
import { tableSheet } from '../table.ts';

interface EmissionRow {
  readonly profile: EmissionProfile | undefined;
  readonly screened: ScreenedCategory | undefined;
  readonly category: string;
}

const amount = numberFormat(1);

/** The group's emissions by category: how they are known, how surely, and what became of the fifteen categories of scope 3. */
export const emissionsSheet = tableSheet<EmissionRow>({
  key: 'emissions',
  rows: rowsOf,
  look: (row) => (row.profile && isTotal(row.profile.category) ? { bold: true } : undefined),
  cells: ({ profile, screened, category }, _here, book) => {
    const part = (value: string | undefined): Cell =>
      value === undefined || value === '0' ? text('') : number(value, { format: amount });
    return {
      category: text(screened?.label ?? book.words.name('emission_categories', category)),
      scope: text(profile?.scope ?? '3'),
      basis: text(profile?.basis ? book.words.name('emission_bases', profile.basis) : ''),
      tco2e: profile ? number(profile.tco2e, { format: amount }) : text(book.words.say('none')),
      measured: part(profile?.byQuality.measured),
      calculated: part(profile?.byQuality.calculated),
      estimated: part(profile?.byQuality.estimated),
      by_spend: part(profile?.byQuality.by_spend),
      survey: part(profile?.byQuality.survey),
      uncertainty:
        profile?.uncertainty == null
          ? text('')
          : number(String(profile.uncertainty), { format: percentFormat(0, book.language) }),
      plus_or_minus:
        profile?.uncertainty == null ? text('') : number(profile.plusOrMinus, { format: `"±"${amount}` }),
      biogenic: part(profile?.biogenic),
      unvalued: profile && profile.unvalued > 0 ? number(profile.unvalued) : text(''),
      treatment: text(screened ? book.words.name('screening', screened.treatment) : ''),
      reason: text(screened?.reason ?? ''),
      id: text([category, profile?.basis].filter(Boolean).join(':')),
    };
  },
});

const isTotal = (category: string) => /^(scope|total)/.test(category);

/** Scopes 1 and 2, the gases outside them, the fifteen categories, then the totals. */
function rowsOf({ content }: Book): EmissionRow[] {
  const { profiles, screening } = content.emissions;
  const row = (profile: EmissionProfile): EmissionRow => ({
    profile,
    screened: undefined,
    category: profile.category,
  });
  const own = profiles.filter((p) => p.scope !== '3' && !isTotal(p.category));
  const totals = profiles.filter((p) => isTotal(p.category) && !new Decimal(p.tco2e).isZero());
  const unscreened = profiles.filter(
    (p) => p.scope === '3' && !isTotal(p.category) && !screening.some((s) => s.category === p.category),
  );
  return [
    ...own.map(row),
    ...screening.map((screened) => ({
      profile: profiles.find((p) => p.scope === '3' && p.category === screened.category),
      screened,
      category: screened.category,
    })),
    ...unscreened.map(row),
    ...totals.map(row),
  ];
}
