using Spate.Coordination.Topics;
using Spate.Metadata.Control;

namespace Spate.Broker.Groups;

/// <summary>The topics of the cluster as groups see them. Safe for use by several threads at once.</summary>
internal sealed class ImageTopics(Controller controller) : ITopicCatalog
{
    private volatile ImageTopicView? _last;

    public ITopicView Current
    {
        get
        {
            var image = controller.Image;
            var last = _last;
            if (last is null || !last.IsOf(image))
            {
                last = new ImageTopicView(image);
                _last = last;
            }

            return last;
        }
    }
}
