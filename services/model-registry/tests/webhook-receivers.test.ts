import { type AddressInfo, BlockList, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressRules } from '../src/delivery/addresses.ts';
import { poster, type Resolve, resolveHost } from '../src/delivery/post.ts';
import type { WebhookConfig } from '../src/webhook-config.ts';
import { type Receiver, startReceiver } from './_receiver.ts';
import { invalid, type Json, type RegistryService, startService } from './_service.ts';
import { KEY, MODEL_CREATED, startWebhookService } from './_webhooks.ts';

const STRICT: WebhookConfig['receivers'] = {
  schemes: ['http', 'https'],
  allowPrivate: false,
  hosts: [],
  cidrs: new BlockList(),
};
const SAYS = 'must not resolve to a non-public IP address';
const forever = new AbortController().signal;

describe('the addresses that webhooks may be sent to', () => {
  const { refusal } = addressRules(STRICT);

  it.each([
    '93.184.216.34',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450::1',
  ])('include %s', (address) => expect(refusal('host', address)).toBeNull());

  it.each([
    ...['127.0.0.1', '127.255.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '0.0.0.0', '0.1.2.3'],
    ...[
      '169.254.169.254',
      '100.64.0.1',
      '100.127.255.255',
      '100.100.100.200',
      '192.0.0.192',
      '192.0.2.1',
      '198.18.0.1',
    ],
    ...['198.19.255.255', '198.51.100.1', '203.0.113.1', '192.88.99.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...[
      '::1',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      '2001:db8::1',
      '3fff::1',
      '2002:7f00:1::',
    ],
    ...[
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '::127.0.0.1',
      '64:ff9b::7f00:1',
      '64:ff9b:1::1',
      '2001::1',
    ],
    ...['no address', ''],
  ])('do not include %s', (address) => expect(refusal('host', address)).toContain(SAYS));

  it('include private ones by name, by range or altogether, but never those where credentials are', () => {
    const cidrs = new BlockList();
    cidrs.addSubnet('10.1.0.0', 16);
    cidrs.addSubnet('169.254.0.0', 16);
    const some = addressRules({ ...STRICT, hosts: ['*.svc', 'CI'], cidrs }).refusal;
    expect(some('receiver.ns.svc', '192.168.0.1')).toBeNull();
    expect(some('ci', '::1')).toBeNull();
    expect(some('svc.evil.com', '192.168.0.1')).toContain(SAYS);
    expect(some('anybody', '10.1.255.1')).toBeNull();
    expect(some('anybody', '10.2.0.1')).toContain(SAYS);
    const all = addressRules({ ...STRICT, allowPrivate: true }).refusal;
    expect(all('anybody', '192.168.0.1')).toBeNull();
    for (const one of [some, all]) {
      for (const address of ['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254', 'fe80::1']) {
        expect(one('receiver.ns.svc', address)).toContain(SAYS);
      }
    }
  });
});

describe('sending to a receiver', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver(() => ({ status: 200, body: 'x'.repeat(1_000_000) }));
  });
  afterAll(() => receiver?.close());

  const public4 = { address: '93.184.216.34', family: 4 };
  const private4 = { address: '127.0.0.1', family: 4 };
  const send = async (url: string, resolve: Resolve, receivers = STRICT) => {
    const post = poster(addressRules(receivers), resolve, 1_000);
    const reply = await post({ url, headers: {}, body: '{}' }, forever);
    post.close();
    return reply;
  };

  it('looks at the address that it dials, not at one that was looked up before', async () => {
    let asked = 0;
    const rebinding: Resolve = async () => (asked++ === 0 ? [public4] : [private4]);
    expect(await rebinding('rebind.example')).toEqual([public4]); // whoever checks beforehand sees this
    const { status, error } = await send(`http://rebind.example:${receiver.port}/`, rebinding);
    expect({ status, error }).toEqual({
      status: null,
      error: expect.stringContaining(`${SAYS}: rebind.example is 127.0.0.1`),
    });
    expect([asked, receiver.received]).toEqual([2, []]);
  });

  it('refuses a host of which one address is private, whichever would be dialled', async () => {
    const both: Resolve = async () => [public4, private4];
    expect(await send(`http://both.example:${receiver.port}/`, both)).toMatchObject({ status: null });
    expect(receiver.received).toEqual([]);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '017700000001', '127.1', '[::1]', '[::ffff:127.0.0.1]'])(
    'refuses %s, which needs no resolver',
    async (host) => {
      const never: Resolve = () => Promise.reject(new Error('nobody asks'));
      const { error } = await send(`http://${host}:${receiver.port}/`, never);
      expect(error).toContain(SAYS);
      expect(receiver.received).toEqual([]);
    },
  );

  it('takes another connection when the receiver closes an idle one just as it is used', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        socket.once('data', () => socket.resetAndDestroy());
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const post = poster(addressRules({ ...STRICT, allowPrivate: true }), resolveHost, 5_000);
    const outgoing = { url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' };
    const replies = [await post(outgoing, forever), await post(outgoing, forever)];
    expect(replies).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(connections).toBe(2);
    post.close();
    await new Promise((done) => server.close(done));
  });

  it('keeps only the beginning of what is answered', async () => {
    const { status, body } = await send(`http://ok.example:${receiver.port}/`, async () => [private4], {
      ...STRICT,
      hosts: ['ok.example'],
    });
    expect([status, body?.length]).toEqual([200, 4_096]);
  });
});

describe('a server that sends to public receivers only', () => {
  let service: RegistryService;
  beforeAll(async () => {
    service = await startService({ WEBHOOK_SECRET_ENCRYPTION_KEY: KEY });
  });
  afterAll(() => service?.close());

  const create = (url: string) => service.post('webhooks', { name: 'w', url, events: [MODEL_CREATED] });

  it.each([
    ['http://93.184.216.34/', 'Invalid webhook URL scheme'],
    ['https://169.254.169.254/latest/meta-data', SAYS],
    ['https://[::1]/', SAYS],
    ['https://localhost/', SAYS],
    ['https://nobody.invalid/', 'Cannot resolve webhook URL hostname'],
    ['https://93.184.216.34:25/', 'port'],
  ])('refuses %s', async (url, message) => {
    expect(await create(url)).toMatchObject(invalid(message));
  });

  it('refuses it when a webhook is changed, too', async () => {
    const made = await create('https://93.184.216.34/');
    const { webhook_id } = made.body['webhook'] as { webhook_id: string };
    expect(await service.patch(`webhooks/${webhook_id}`, { url: 'https://10.0.0.1/' })).toMatchObject(invalid(SAYS));
  });
});

describe('a webhook that was made while more was allowed', () => {
  it('is not sent to any more, and its test says why', async () => {
    const receiver = await startReceiver();
    const lax = await startWebhookService();
    const id = await lax.newWebhook(receiver.url);
    const strict = await startService({ DATABASE_URL: lax.config.database.url, WEBHOOK_SECRET_ENCRYPTION_KEY: KEY });
    await lax.lifecycle.close();
    const { status, body } = await strict.post(`webhooks/${id}/test`);
    expect(status).toBe(200);
    expect(body['result']).toEqual({
      success: false,
      error_message: expect.stringMatching(/^Failed to test webhook: .*non-public/),
    });
    await strict.newModel();
    let log: Json[] = [];
    while (!log[0]?.['error_message'])
      log = (await strict.get(`webhooks/${id}/deliveries`)).body['deliveries'] as Json[];
    expect(log).toMatchObject([{ status: 'PENDING', error_message: expect.stringContaining(SAYS) }]);
    expect(receiver.received).toEqual([]);
    await strict.close();
    await receiver.close();
  });
});
