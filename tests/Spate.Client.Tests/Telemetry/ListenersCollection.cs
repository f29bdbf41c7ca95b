namespace Spate.Client.Tests.Telemetry;

/// <summary>Whoever listens hears every client of the process, so these tests run alone, after all that count what is allocated while nobody listens.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListenersCollection
{
    public const string Name = "listeners";
}
