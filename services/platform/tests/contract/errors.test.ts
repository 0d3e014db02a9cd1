import { describe, expect, it } from '@jest/globals';
import { AttributeNotFoundError, type ErrorCode, fromCode, isOutage, toAppError } from '@millrace/platform/errors';

describe('an error code', () => {
  it.each<[ErrorCode, number, object]>([
    ['BAD_REQUEST', 400, { sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' }],
    ['INVALID_PARAMETER_VALUE', 400, { sqlstate: 'KAM00', error_class: 'INVALID_PARAMETER_VALUE' }],
    ['RESOURCE_ALREADY_EXISTS', 400, { sqlstate: 'KAM00', error_class: 'RESOURCE_ALREADY_EXISTS' }],
    ['CUSTOMER_UNAUTHORIZED', 401, { sqlstate: 'KAM00', error_class: 'PERMISSION_DENIED' }],
    ['UNAUTHENTICATED', 401, {}],
    ['PERMISSION_DENIED', 403, { sqlstate: 'KAM00', error_class: 'PERMISSION_DENIED' }],
    ['ENDPOINT_NOT_FOUND', 404, { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' }],
    ['NOT_FOUND', 404, { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' }],
    ['RESOURCE_DOES_NOT_EXIST', 404, { sqlstate: 'KAM00', error_class: 'RESOURCE_NOT_FOUND' }],
    ['ABORTED', 409, {}],
    ['ALREADY_EXISTS', 409, {}],
    ['RESOURCE_CONFLICT', 409, {}],
    ['REQUEST_LIMIT_EXCEEDED', 429, {}],
    ['RESOURCE_EXHAUSTED', 429, {}],
    ['CANCELLED', 499, {}],
    ['DATA_LOSS', 500, {}],
    ['FEATURE_DISABLED', 500, { sqlstate: 'KAM00', error_class: 'FEATURE_DISABLED' }],
    ['INTERNAL_ERROR', 500, { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' }],
    ['INVALID_STATE', 500, { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' }],
    ['NOT_IMPLEMENTED', 501, {}],
    ['TEMPORARILY_UNAVAILABLE', 503, { sqlstate: 'XXM00', error_class: 'CLIENT_INTERNAL_ERROR' }],
    ['DEADLINE_EXCEEDED', 504, {}],
  ])('%s answers as MLflow does', (code, status, extra) => {
    const error = fromCode(code, 'why');
    expect(error.httpStatus).toBe(status);
    expect(error.toJSON()).toEqual({ error_code: code, message: 'why', ...extra });
  });

  it('has a class of its own for an unknown attribute', () => {
    expect(new AttributeNotFoundError('why').toJSON()).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
      sqlstate: 'KAM04',
      error_class: 'ATTRIBUTE_NOT_FOUND',
    });
  });
});

describe('an outage', () => {
  const coded = (code: string) => Object.assign(new Error('no'), { code });

  it.each([
    '08006',
    '53300',
    '57P01',
    '57014',
    '40001',
    '40P01',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EAI_AGAIN',
  ])('is what %s means', (code) => {
    expect(toAppError(coded(code))).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE', retryAfterSeconds: 1 });
  });

  it.each(['timeout exceeded when trying to connect', 'Connection terminated unexpectedly'])(
    'is what the database client means by “%s”',
    (message) => {
      expect(isOutage(new Error(message))).toBe(true);
    },
  );

  it.each(['23505', '22P02', '42P01', 'ENOENT', 'ERR_INVALID_ARG_TYPE'])('is not what %s means', (code) => {
    expect(toAppError(coded(code))).toMatchObject({ code: 'INTERNAL_ERROR', message: 'Internal error' });
  });
});
