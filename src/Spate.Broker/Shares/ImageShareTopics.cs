using Spate.Coordination.Shares.State;
using Spate.Metadata.Control;
using Spate.Protocol;

namespace Spate.Broker.Shares;

/// <summary>The topics of the cluster as the keeper of delivery state asks for them. Safe for use by several threads at once.</summary>
internal sealed class ImageShareTopics(Controller controller) : IShareTopics
{
    public bool Has(Uuid topicId, int partition) => controller.Image.TryGetTopic(topicId, out var topic) && topic.FindPartition(partition) is not null;
}
