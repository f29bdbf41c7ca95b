namespace Spate.Conformance.Processes;

/// <summary>
/// How long a test waits for something before it fails and prints what it saw. No test takes so long when all is well: the bounds are for a
/// machine that does other work too.
/// </summary>
internal static class Bounds
{
    /// <summary>For a broker to be ready, or to stop.</summary>
    public static readonly TimeSpan Broker = TimeSpan.FromSeconds(60);

    /// <summary>For a client to do its work and end.</summary>
    public static readonly TimeSpan Client = TimeSpan.FromSeconds(90);

    /// <summary>For one answer, or for the end of one connection.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromSeconds(30);
}
