namespace Spate.Coordination.Groups.Streams;

/// <summary>What a coordinator knows of a streams group and does not write down: whoever takes the group over begins without it.</summary>
internal sealed class SoftState
{
    /// <summary>What the topology came to when it was last looked at; null when it was not yet.</summary>
    public CheckedTopology? Checked { get; set; }

    /// <summary>Whether a group that was empty still waits for more members before it assigns anything.</summary>
    public bool IsGathering { get; set; }

    /// <summary>The member that first asked for all of the application to stop, or null. Forgotten when the group is empty.</summary>
    public string? ShutdownAskedBy { get; set; }

    /// <summary>How far members have the state of tasks, as they have told since they joined, or since this coordinator took over; by their ids.</summary>
    public Dictionary<string, ToldOffsets> Told { get; } = new(StringComparer.Ordinal);

    /// <summary>What members are to have in the end, when all have caught up with the state of it; null when this coordinator has made no assignment yet.</summary>
    public IReadOnlyDictionary<string, TaskAssignment>? Aim { get; set; }

    /// <summary>What the target assignment was held against last; null when it has to be held against what is known now.</summary>
    public WeighedLags? Weighed { get; set; }

    /// <summary>How often it has changed where state can be asked for.</summary>
    public int EndpointEpoch { get; set; }
}
