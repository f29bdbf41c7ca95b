using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker inside this process.</summary>
public sealed class EmbeddedProducerTests(EmbeddedFixture fixture) : ProducerSuite(fixture.Broker.BootstrapServers), IClassFixture<EmbeddedFixture>;
