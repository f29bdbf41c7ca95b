using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker inside this process.</summary>
public sealed class EmbeddedAdminTests(EmbeddedFixture fixture) : AdminSuite(fixture.Broker.BootstrapServers), IClassFixture<EmbeddedFixture>;
