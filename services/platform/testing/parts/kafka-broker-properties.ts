type Addresses = {
  readonly bind: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly data: string;
};

/** For a single broker: internal topics have one replica, or groups and transactions would wait for ever. */
export function brokerProperties({ bind, port, controllerPort, data }: Addresses): Map<string, string> {
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['listeners', `PLAINTEXT://${bind}:${port},CONTROLLER://127.0.0.1:${controllerPort}`],
    ['advertised.listeners', `PLAINTEXT://127.0.0.1:${port}`],
    ['inter.broker.listener.name', 'PLAINTEXT'],
    ['controller.listener.names', 'CONTROLLER'],
    ['listener.security.protocol.map', 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT'],
    ['controller.quorum.voters', `1@127.0.0.1:${controllerPort}`],
    ['log.dirs', data],
    ['num.partitions', '3'],
    // A topic that nobody created is a mistake that a test should show.
    ['auto.create.topics.enable', 'false'],
    ['default.replication.factor', '1'],
    ['offsets.topic.replication.factor', '1'],
    ['offsets.topic.num.partitions', '3'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['transaction.state.log.num.partitions', '3'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ['group.initial.rebalance.delay.ms', '0'],
    ['group.min.session.timeout.ms', '1000'],
    ['broker.heartbeat.interval.ms', '500'],
    ['broker.session.timeout.ms', '2000'],
    ['log.cleaner.dedupe.buffer.size', '4194304'],
  ]);
}
