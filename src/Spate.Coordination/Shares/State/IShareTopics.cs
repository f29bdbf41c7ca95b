using Spate.Protocol;

namespace Spate.Coordination.Shares.State;

/// <summary>What the keeper of delivery state asks of the cluster's metadata. Safe for use by several threads at once.</summary>
public interface IShareTopics
{
    /// <summary>Whether the topic is there and has the partition.</summary>
    bool Has(Uuid topicId, int partition);
}
