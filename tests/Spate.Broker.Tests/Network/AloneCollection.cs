namespace Spate.Broker.Tests.Network;

/// <summary>Tests that measure the whole process, so that no other test may run at the same time.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
