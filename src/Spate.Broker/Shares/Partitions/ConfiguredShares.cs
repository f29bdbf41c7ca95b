using Spate.Broker.Configuration;
using Spate.Metadata.Control;
using Spate.Metadata.Images;

namespace Spate.Broker.Shares.Partitions;

/// <summary>What is set for share groups now. Safe for use by several threads at once.</summary>
internal sealed class ConfiguredShares(Controller controller, BrokerSettings settings)
{
    /// <param name="groupId">The group.</param>
    /// <param name="last">What held when it was last asked for; given back when nothing has changed.</param>
    public ShareSettings Of(string groupId, ShareSettings? last = null)
    {
        var (own, broker) = (controller.Image.Configs.Of(ConfigResource.Group(groupId)), settings.Values);
        return last is not null && last.IsOf(own, broker) ? last : new ShareSettings(own, broker);
    }
}
