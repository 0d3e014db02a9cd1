import { describe, expect, it } from '@jest/globals';
import { leaves } from '@millrace/platform/search/logic';
import { runFilter } from '../src/domain/run-filter.ts';
import { runTerms } from '../src/domain/run-order.ts';

describe('a filter over runs', () => {
  it.each([
    ['metric.acc >= 0.94', [{ on: 'metric', key: 'acc', operator: '>=', value: 0.94 }]],
    ['metric.acc>=100', [{ on: 'metric', key: 'acc', operator: '>=', value: 100 }]],
    ["params.m!='tf'", [{ on: 'param', key: 'm', operator: '!=', value: 'tf' }]],
    ['params."m"!="tf"', [{ on: 'param', key: 'm', operator: '!=', value: 'tf' }]],
    ['metric."legit name" >= 0.243', [{ on: 'metric', key: 'legit name', operator: '>=', value: 0.243 }]],
    ['metrics.`spacey name` > 5', [{ on: 'metric', key: 'spacey name', operator: '>', value: 5 }]],
    ['metrics."accuracy.2.0" > 5', [{ on: 'metric', key: 'accuracy.2.0', operator: '>', value: 5 }]],
    ['metrics."X//Y#$$@&Z" < 1e-3', [{ on: 'metric', key: 'X//Y#$$@&Z', operator: '<', value: 0.001 }]],
    ['tags."t.a.g" = "a"', [{ on: 'tag', key: 't.a.g', operator: '=', value: 'a' }]],
    ["tags.mlflow.user = 'ada'", [{ on: 'tag', key: 'mlflow.user', operator: '=', value: 'ada' }]],
    ['`metric`.a >= 0.1', [{ on: 'metric', key: 'a', operator: '>=', value: 0.1 }]],
    ["`tags`.source_name = 'a notebook'", [{ on: 'tag', key: 'source_name', operator: '=', value: 'a notebook' }]],
    ['params.m = "L\'Hosp"', [{ on: 'param', key: 'm', operator: '=', value: "L'Hosp" }]],
    ['attribute.start_time >= 1234', [{ on: 'time', key: 'start_time', operator: '>=', value: 1234 }]],
    ['created > -5', [{ on: 'time', key: 'start_time', operator: '>', value: -5 }]],
    ["run.status = 'RUNNING'", [{ on: 'text', key: 'status', operator: '=', value: 'RUNNING' }]],
    ["`Run name` like 'a%'", [{ on: 'tag', key: 'mlflow.runName', operator: 'LIKE', value: 'a%' }]],
    ["dataset.name = 'my_dataset'", [{ on: 'dataset', key: 'name', operator: '=', value: 'my_dataset' }]],
    ["datasets.name IN ('a', 'b')", [{ on: 'dataset', key: 'name', operator: 'IN', value: ['a', 'b'] }]],
    ["run_id not in ('A1', 'b')", [{ on: 'text', key: 'run_id', operator: 'NOT IN', value: ['A1', 'b'] }]],
    ['tags.version IS NULL', [{ on: 'tag', key: 'version', operator: 'IS NULL', value: null }]],
    ['params.lr is not null', [{ on: 'param', key: 'lr', operator: 'IS NOT NULL', value: null }]],
    ["tags.a IS NULL AND params.b = 'val'", [{ on: 'tag' }, { on: 'param' }]],
    ["metrics.rmse < 1 and params.model_class = 'LR'", [{ on: 'metric' }, { on: 'param' }]],
    ["AND metrics.a > 1 params.b = 'x' and", [{ on: 'metric' }, { on: 'param' }]],
    ['', []],
  ])('takes %s', (filter, expected) => {
    const filtered = runFilter(filter);
    expect(leaves(filtered)).toMatchObject(expected);
    expect(['leaf', 'and']).toContain(filtered.type);
  });

  it.each([
    ['   ', 'Could not be parsed'],
    ['metric.acc >= 0.94; metrics.rmse < 1', 'Search filter contained multiple expression'],
    ['metrics.a > 1;', 'Invalid clause(s)'],
    ['m.acc >= 0.94', "Invalid entity type 'm'"],
    ["p.model >= 'LR'", "Invalid entity type 'p'"],
    ['attri.x != 1', 'Invalid entity type'],
    ['acc >= 0.94', 'Invalid attribute key'],
    ['foo is null', 'Invalid attribute key'],
    ['attribute.start != 1', 'Invalid attribute key'],
    ["attribute.lifecycle_stage = 'ACTIVE'", 'Invalid attribute key'],
    ["attribute._status != 'RUNNING'", 'Invalid attribute key'],
    ["constructor = 'x'", 'Invalid attribute key'],
    ["toString.x = 'x'", 'Invalid entity type'],
    ["metrics.A > 0.1 OR params.B == 'LR'", 'Invalid clause(s)'],
    ["metrics.A > 0.1 NAND params.B = 'LR'", 'Invalid clause(s)'],
    ["metrics.A > 0.1 AND (params.B = 'LR'", 'Invalid clause(s)'],
    ['`metrics.A > 0.1', 'Invalid clause(s)'],
    ['dummy`.A > 0.1', 'Invalid clause(s)'],
    ['attribute.status = true', 'Invalid clause(s)'],
    ["attribute.status IS 'RUNNING'", 'Invalid clause(s)'],
    ["params.acc = 'LR", 'Invalid clause(s)'],
    ["params.acc = LR'", 'Invalid clause(s)'],
    ['params.acc = "LR\'', 'Invalid clause(s)'],
    ["params.'acc = LR", 'Invalid clause(s)'],
    ["tags.acc = = 'LR'", 'Invalid clause(s)'],
    ['params.acc LR !=', 'Invalid clause(s)'],
    ['params.acc LR', 'Invalid clause(s)'],
    ['metric.acc !=', 'Invalid clause(s)'],
    ['metrics.abc ~ 1', 'Invalid clause(s)'],
    ['params.acc = LR', 'value is either not quoted or unidentified quote types'],
    ['params.acc = `LR`', 'value is either not quoted or unidentified quote types'],
    ["metric.model = '5'", 'Expected numeric value type for metric'],
    ['metrics.acc != metrics.acc', 'Expected numeric value type for metric'],
    ['params.acc = 5', 'Expected a quoted string value for param'],
    ['tags.acc = 5', 'Expected a quoted string value for tag'],
    ['attribute.status = 1', 'Expected a quoted string value for attributes'],
    ["attribute.start_time > '2'", "Expected numeric value type for numeric attribute: start_time. Found '2'"],
    ['1=1', "Expected 'Identifier' found"],
    ['1.0 > metrics.acc', "Expected 'Identifier' found"],
    ["params.abc > 'x'", 'Invalid comparator'],
    ["attributes.status > 'x'", 'Invalid comparator'],
    ['attributes.start_time LIKE 1234', 'Invalid comparator'],
    ["datasets.name < 'x'", 'Invalid comparator'],
    ['metrics.acc IS NULL', 'IS NULL / IS NOT NULL is only supported for tags and params'],
    ['attribute.status IS NULL', 'IS NULL / IS NOT NULL is only supported for tags and params'],
    ["dataset.status = 'true'", 'Invalid dataset key'],
    ["user_id IN ('a')", "Only the 'run_id' attribute supports comparison with a list"],
    ['run_id IN (1, 2)', 'different type in list'],
    ['run_id IN ()', 'got empty list'],
    ['run_id IN (,)', 'ill-formed list'],
    ['run_id IN (', 'Invalid clause(s)'],
    [`metrics.a > ${'1 and metrics.a > '.repeat(600)}1`, 'more than 500 comparisons'],
  ])('refuses %s', (filter, message) => {
    expect(() => runFilter(filter)).toThrow(message);
  });
});

describe('an order of runs', () => {
  const LAST = [
    { on: 'attribute', key: 'recency', ascending: true },
    { on: 'attribute', key: 'run_id', ascending: true },
  ];

  it.each([
    ['tags.noSuchTag', { on: 'tag', key: 'noSuchTag', ascending: true }],
    ['metrics."key1"  desc', { on: 'metric', key: 'key1', ascending: false }],
    ['params.my_param aSc', { on: 'param', key: 'my_param', ascending: true }],
    ['metrics.`Mean Square Error`', { on: 'metric', key: 'Mean Square Error', ascending: true }],
    ['end_time DESC', { on: 'attribute', key: 'end_time', ascending: false }],
    ['`Run Name`', { on: 'attribute', key: 'run_name', ascending: true }],
  ])('takes %s, then the latest start, then the id', (text, expected) => {
    expect(runTerms([text])).toEqual([expected, ...LAST]);
  });

  it('knows the start as the opposite of recency', () => {
    expect(runTerms(['Created'])).toEqual([{ on: 'attribute', key: 'recency', ascending: false }, LAST[1]]);
    expect(runTerms(['start_time DESC'])).toEqual(LAST);
  });

  it('looks at each key once', () => {
    expect(runTerms(['metrics.a', 'metric.a DESC'])).toEqual([{ on: 'metric', key: 'a', ascending: true }, ...LAST]);
  });

  it('ends with the id', () => {
    expect(runTerms(['run_id DESC', 'metrics.a'])).toEqual([{ on: 'attribute', key: 'run_id', ascending: false }]);
  });

  it.each([
    ['m.acc', 'Invalid entity type'],
    ['`metrics.A`', 'Invalid entity type'],
    ['acc', 'Invalid attribute key'],
    ['attribute.experiment_id', 'Invalid attribute key'],
    ['dataset.name', "Invalid identifier type 'dataset'"],
    ['`metrics.A ', 'Invalid order_by clause'],
    ['metrics.A != 1', 'Invalid order_by clause'],
    ['params.my_param ', 'Invalid order_by clause'],
    ['', 'Invalid order_by clause'],
    ['a, b', 'Invalid order_by clause'],
    ['metrics.x NULLS LAST', 'Invalid order_by clause'],
    ['attribute.run_id ACS', 'Invalid ordering key'],
    ['metrics.x FOO', 'Invalid ordering key'],
  ])('refuses %j', (text, message) => {
    expect(() => runTerms([text])).toThrow(message);
  });
});
