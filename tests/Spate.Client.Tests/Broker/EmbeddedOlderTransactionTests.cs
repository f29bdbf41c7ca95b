using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker in the test's process, where partitions have to be named before they are written to.</summary>
public sealed class EmbeddedOlderTransactionTests(OlderTransactionFixture fixture) : TransactionSuite(fixture.Broker.BootstrapServers), IClassFixture<OlderTransactionFixture>;
