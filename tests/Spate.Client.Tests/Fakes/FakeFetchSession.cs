using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>What a fake broker remembers of one client's fetches.</summary>
internal sealed class FakeFetchSession(int id)
{
    public int Id { get; } = id;

    public int NextEpoch { get; set; } = 1;

    public Dictionary<TopicPartition, FetchRequest.FetchPartition> Wanted { get; } = [];

    /// <summary>The high watermarks that were told.</summary>
    public Dictionary<TopicPartition, long> Told { get; } = [];
}
