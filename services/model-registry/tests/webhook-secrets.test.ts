import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../src/config.ts';
import { open, parseKeys, seal } from '../src/delivery/seal.ts';

const [OLD, NEW] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 255).toString('base64url')];
const ENV = { AUTH_MODE: 'anonymous', DATABASE_URL: 'postgres://localhost/x', TRACKING_GRPC: 'tracking:9090' };

describe('a sealed secret', () => {
  it('is opened in its place by the key it was sealed with, also when there is a newer one', () => {
    const sealed = seal(parseKeys(OLD), 'place', 'sécret');
    expect(open(parseKeys(OLD), 'place', sealed)).toBe('sécret');
    expect(open(parseKeys(`${NEW}, ${OLD}`), 'place', sealed)).toBe('sécret');
    expect(() => open(parseKeys(NEW), 'place', sealed)).toThrow('no longer configured');
    expect(() => open(parseKeys(OLD), 'other place', sealed)).toThrow();
    expect(seal(parseKeys(OLD), 'place', 'sécret')).not.toEqual(sealed);
  });

  it('is not opened when a bit of it has changed', () => {
    const sealed = seal(parseKeys(OLD), 'place', 'secret');
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
      expect(() => open(parseKeys(OLD), 'place', changed)).toThrow();
    }
  });

  it.each(['', 'short', `${OLD},x`, OLD.replace('=', '!')])('takes no key such as %j', (text) => {
    expect(() => parseKeys(text)).toThrow('must be 32 bytes in base64');
  });
});

describe('the configuration of webhooks', () => {
  it('knows MLflow’s names for what it has names of its own for, which come first', () => {
    const theirs = {
      MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: NEW,
      MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http, HTTPS',
      MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'True',
      MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS: '7',
      MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '9',
      MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES: '3',
    };
    const { webhooks } = loadConfig({ ...ENV, ...theirs });
    expect(webhooks).toMatchObject({
      keys: parseKeys(NEW),
      receivers: { schemes: ['http', 'https'], allowPrivate: true },
      concurrency: 7,
      timeoutMs: 9_000,
      maxRetries: 3,
    });
    const ours = {
      WEBHOOK_SECRET_ENCRYPTION_KEY: OLD,
      WEBHOOK_ALLOWED_SCHEMES: 'https',
      WEBHOOK_ALLOW_PRIVATE_IPS: 'false',
      WEBHOOK_DELIVERY_CONCURRENCY: '5',
      WEBHOOK_REQUEST_TIMEOUT_SECONDS: '15',
      WEBHOOK_MAX_RETRIES: '0',
    };
    expect(loadConfig({ ...ENV, ...theirs, ...ours }).webhooks).toMatchObject({
      keys: parseKeys(OLD),
      receivers: { schemes: ['https'], allowPrivate: false },
      concurrency: 5,
      timeoutMs: 15_000,
      maxRetries: 0,
    });
  });

  it('is safe where nothing is said', () => {
    expect(loadConfig(ENV).webhooks).toMatchObject({
      keys: null,
      receivers: { schemes: ['https'], allowPrivate: false },
    });
  });

  it('names what is wrong', () => {
    const bad = {
      WEBHOOK_SECRET_ENCRYPTION_KEY: 'x',
      WEBHOOK_ALLOWED_SCHEMES: 'ftp',
      WEBHOOK_ALLOW_PRIVATE_IPS: 'maybe',
      WEBHOOK_ALLOWED_CIDRS: '10.0.0.0/33',
      WEBHOOK_RETENTION_DAYS: '1',
    };
    const names = Object.keys(bad).join('[\\s\\S]*');
    expect(() => loadConfig({ ...ENV, ...bad })).toThrow(new RegExp(names));
  });
});
