using Spate.Conformance.Processes;

namespace Spate.Conformance.Load;

/// <summary>A producer whose records count from 0, and what it knows of them.</summary>
internal interface INumberedLoad
{
    /// <summary>Stands in every record; no other producer's.</summary>
    string Name { get; }

    int Partition { get; }

    /// <summary>The offset by number of every record that was acknowledged. Numbers count from 0 without gaps.</summary>
    IReadOnlyDictionary<int, long> Acknowledged { get; }

    /// <summary>How many were sent, acknowledged or not.</summary>
    int Sent { get; }

    /// <summary>Writes until the broker is gone.</summary>
    Task RunAsync(BrokerProcess broker, KillSwitch killSwitch);
}
