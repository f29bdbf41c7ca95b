using System.Globalization;
using Spate.Protocol;

namespace Spate.Coordination.Shares.State;

/// <summary>One partition as one share group sees it.</summary>
public readonly record struct SharePartitionKey(string GroupId, Uuid TopicId, int Partition)
{
    /// <summary>Reads the name by which clients ask for the coordinator: <c>group:topicId:partition</c>, where the group may have colons in it; null for anything else.</summary>
    public static SharePartitionKey? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var last = text.LastIndexOf(':');
        var middle = last > 0 ? text.LastIndexOf(':', last - 1) : -1;
        return middle > 0
            && !string.IsNullOrWhiteSpace(text[..middle])
            && Uuid.TryParse(text[(middle + 1)..last], out var topicId)
            && int.TryParse(text.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            ? new SharePartitionKey(text[..middle], topicId, partition)
            : null;
    }

    /// <summary>The name by which clients ask for the coordinator, and by which its partition of __share_group_state is found.</summary>
    public override string ToString() => $"{GroupId}:{TopicId}:{Partition}";
}
