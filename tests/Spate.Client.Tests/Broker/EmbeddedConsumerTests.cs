using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker inside this process.</summary>
public sealed class EmbeddedConsumerTests(EmbeddedFixture fixture) : ConsumerSuite(fixture.Broker.BootstrapServers), IClassFixture<EmbeddedFixture>;
