import { describe, expect, test } from 'vitest';
import { figuresOf } from './figures-of.ts';

describe('projects', () => {
  const head =
    'entity  project  name  department  kind  month  spent  budget  currency  planned_end  forecast_end  status';
  test('on time and on budget, by what is known at the closing', async () => {
    const found = await figuresOf(
      {
        // R1 on time, 90 of 100; R2 late by its forecast, 60 + 60 of 100: over budget, a correction of -10 in it
        // R3 still runs after its planned end, without a new forecast; R4 ended in the last month, a day late
        // R5 ended in January: no longer followed; R6 has no planned end, within budget
        projects: `${head}
          A  R1  Un  innovation  rd  2026-02-01  40  100  EUR  2026-12-31  2026-12-31  running
          A  R1  Un  innovation  rd  2026-03-01  50  100  EUR  2026-12-31  2026-12-31  running
          A  R2  Deux  innovation  rd  2026-01-01  70  100  EUR  2026-06-30  2026-06-30  running
          A  R2  Deux  innovation  rd  2026-02-01  -10  100  EUR  2026-06-30  2026-07-01  running
          A  R2  Deux  innovation  rd  2026-03-01  60  100  EUR  2026-06-30  2026-07-01  running
          A  R3  Trois  operations  capex  2026-03-01  10  100  EUR  2026-02-28  -  running
          A  R4  Quatre  operations  capex  2026-03-01  10  100  EUR  2026-03-30  2026-03-31  done
          A  R5  Cinq  operations  capex  2026-01-01  10  5  EUR  2026-01-31  2026-01-31  done
          A  R6  Six  hr  digital  2026-03-01  10  100  EUR  -  -  running`,
      },
      ['inno.projects_on_time', 'inno.projects_on_budget', 'inno.rd_spend'],
    );
    // on time: R1 of R1, R2, R3, R4; on budget: R1, R3, R4, R6 of five followed
    expect(found.value('inno.projects_on_time')).toBe('25');
    expect(found.value('inno.projects_on_budget')).toBe('80');
    // 40 + 50 + 70 - 10 + 60
    expect(found.value('inno.rd_spend')).toBe('210');
  });
});

describe('artificial intelligence', () => {
  const head =
    'entity  use_case  name  department  purpose  owner  risk_class  dpia  status  annual_value  value_evidence  currency  as_of';
  test('duplicated, valued, evidenced and high-risk systems, among those in use', async () => {
    const found = await figuresOf(
      {
        // U1 and U2 serve one purpose in two departments; U3 the same within one department and purpose of its own
        // U4 is an idea: it duplicates nothing
        ai_use_cases: `${head}
          A  U1  Un  operations  inspection  Dupont  high  true  production  300  Rapport  EUR  2026-03-31
          A  U2  Deux  innovation  inspection  Durand  high  false  pilot  100  -  EUR  2026-03-31
          A  U3  Trois  finance  matching  Martin  minimal  false  production  0  -  EUR  2026-03-31
          A  U4  Quatre  hr  matching  Petit  minimal  false  idea  900  Note  EUR  2026-03-31
          D  U5  Fünf  operations  translation  -  -  -  production  -  -  -  2026-03-31`,
      },
      [
        'ai.systems',
        'ai.duplicated_share',
        'ai.valued_share',
        'ai.value_evidenced_share',
        'ai.high_risk_governed',
      ],
    );
    expect(found.value('ai.systems')).toBe('4');
    // U1, U2 of 4
    expect(found.value('ai.duplicated_share')).toBe('50');
    // U1, U2 and U3, whose declared value is zero
    expect(found.value('ai.valued_share')).toBe('75');
    // 300 of 400
    expect(found.value('ai.value_evidenced_share')).toBe('75');
    expect(found.value('ai.high_risk_governed')).toBe('50');
    // no high-risk system there
    expect(found.value('ai.high_risk_governed@D')).toBe('<not_calculable>');
  });
});

describe('continuity plans and training', () => {
  test('an exercise that only half succeeded is tested, not passed; one of a year ago no longer counts', async () => {
    const found = await figuresOf(
      {
        continuity_plans: `entity  site  plan  last_test  test_result  as_of
          A  SA  P1  2025-04-01  passed  2026-03-31
          A  SA  P2  2026-01-01  partial  2026-03-31
          A  SA  P3  2025-03-31  passed  2026-03-31
          A  SA  P4  -  -  2026-03-31`,
      },
      ['bcp.tested_share', 'bcp.passed_share'],
    );
    expect(found.value('bcp.tested_share')).toBe('50');
    expect(found.value('bcp.passed_share')).toBe('25');
  });
});
