using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker in the test's process.</summary>
public sealed class EmbeddedGroupTests(EmbeddedFixture fixture) : GroupSuite(fixture.Broker.BootstrapServers), IClassFixture<EmbeddedFixture>;
