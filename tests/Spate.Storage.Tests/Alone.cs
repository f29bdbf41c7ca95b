namespace Spate.Storage.Tests;

/// <summary>Tests that measure the whole process: no other test runs while they do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
