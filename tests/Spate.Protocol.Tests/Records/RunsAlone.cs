namespace Spate.Protocol.Tests.Records;

/// <summary>Tests that count what a shared pool gives out, and so cannot share it.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
