using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker in the test's process.</summary>
public sealed class EmbeddedShareTests(ShareGroupFixture fixture) : ShareSuite(fixture.Broker.BootstrapServers), IClassFixture<ShareGroupFixture>;
