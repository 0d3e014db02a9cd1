import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '@millrace/platform/testing/describe-with';
import { kafkaBrokers } from '@millrace/platform/testing/kafka';
import { followEvents, short } from './_events.ts';
import { type RegistryService, startService } from './_service.ts';

describeWith('kafka', 'events of the registry on Kafka', () => {
  let service: RegistryService;
  let events: Awaited<ReturnType<typeof followEvents>>;
  beforeAll(async () => {
    service = await startService({
      KAFKA_BROKERS: kafkaBrokers().join(),
      KAFKA_TOPIC_PREFIX: `test-${crypto.randomUUID()}.`,
      KAFKA_TOPIC_PARTITIONS: '3',
    });
    events = await followEvents(service.config.events);
  });
  afterAll(async () => {
    await events?.close();
    await service?.close();
  });

  it('bring each transition, and those of one model in order, while many models change', async () => {
    const rounds = ['Staging', 'Production', 'Archived', 'None'];
    const promote = async () => {
      const name = await service.newModel();
      await service.newVersion(name);
      await service.newVersion(name);
      for (const stage of rounds) await service.move(name, '1', stage);
      await service.move(name, '1', 'Production');
      await service.move(name, '2', 'Production', true);
      return name;
    };
    const names = await Promise.all(Array.from({ length: 8 }, promote));
    const expected = [
      'registered_model.created',
      'model_version.created 1 None',
      'model_version.created 2 None',
      'model_version.stage_transitioned 1 None Staging',
      'model_version.stage_transitioned 1 Staging Production',
      'model_version.stage_transitioned 1 Production Archived',
      'model_version.stage_transitioned 1 Archived None',
      'model_version.stage_transitioned 1 None Production',
      'model_version.stage_transitioned 1 Production Archived',
      'model_version.stage_transitioned 2 None Production',
    ];
    for (const name of names) {
      const told = await events.first(expected.length, name);
      expect(told.map(short)).toEqual(expected);
    }
  });
});
