import type { BridgeFacts, ReportContent } from '../content.ts';
import { number, quarter, signed } from '../format.ts';
import type { Voice } from './voice.ts';

/** What made the group's emissions change, one row a measure and comparison; no rows where there is nothing to compare with. */
export function bridgeTable(content: ReportContent, voice: Voice) {
  const { basis, shown } = bridgesShown(content);
  const change = (value: string) => signed(value, 0, voice.language);
  return {
    bridged: shown.length > 0,
    bridge: {
      caption: voice.say('bridge.caption', {
        window: voice.word(`bases.${basis}`),
        period: quarter(content.run.period, voice.language),
      }),
      measure: voice.say('bridge.measure'),
      against: voice.say('bridge.against'),
      before: voice.say('bridge.before'),
      perimeter: voice.say('bridge.perimeter'),
      factor: voice.say('bridge.factor'),
      method: voice.say('bridge.method'),
      activity: voice.say('bridge.activity'),
      after: voice.say('bridge.after'),
      rows: shown.map((one) => ({
        label: voice.label(measureLabel(one.measure, content)),
        against: voice.word(`bridge_against.${one.against}`),
        before: number(one.before, 0, voice.language),
        perimeter: change(one.perimeter),
        factor: change(one.factor),
        method: change(one.method),
        activity: change(one.activity),
        after: number(one.after, 0, voice.language),
      })),
    },
  };
}

function bridgesShown(content: ReportContent) {
  const whole = content.emissions.bridges.filter((one) => one.group === '');
  // a year against the year before where the history allows, else the quarter
  const basis: 'ttm' | 'quarter' = whole.some((one) => one.basis === 'ttm' && one.against === 'year_before')
    ? 'ttm'
    : 'quarter';
  const shown = whole.filter(
    (one) =>
      one.basis === basis &&
      one.measure !== 'scope12_location' &&
      (one.against === 'year_before' || one.before !== one.after),
  );
  return { basis, shown };
}

/** The changes from the year before, each drawn as a bridge. */
export function bridgesToDraw(content: ReportContent): readonly BridgeFacts[] {
  return bridgesShown(content).shown.filter((one) => one.against === 'year_before');
}

/** The label of a measure in both languages, or its id where the catalogue lacks it. */
export function measureLabel(
  id: string,
  content: ReportContent,
): { readonly fr: string; readonly en: string } {
  return content.catalogue.measures.find((m) => m.id === id)?.label ?? { fr: id, en: id };
}
