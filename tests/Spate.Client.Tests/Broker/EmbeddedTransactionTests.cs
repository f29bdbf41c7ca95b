using Spate.Client.Suite;

namespace Spate.Client.Tests.Broker;

/// <summary>The suite against the broker in the test's process.</summary>
public sealed class EmbeddedTransactionTests(TransactionFixture fixture) : TransactionSuite(fixture.Broker.BootstrapServers), IClassFixture<TransactionFixture>;
