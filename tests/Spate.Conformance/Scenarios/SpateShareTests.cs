using Spate.Client.Suite;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>The suite of Spate.Client against the program that users run.</summary>
public sealed class SpateShareTests(ShareBroker shared) : ShareSuite(shared.Broker.Address), IClassFixture<ShareBroker>;
