using Spate.Cli.Configs;
using Spate.Cli.Grammar;
using Spate.Client.Administration;

namespace Spate.Cli.Topics;

/// <summary><c>spate topics alter</c>.</summary>
internal static class AlterTopic
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = TopicVerbs.Topic();
        var changes = new ChangeOptions();
        var verb = changes.AddTo(new Verb("alter", "Change settings of a topic. 'topics partitions' adds partitions.", "spate topics alter orders --set retention.ms=604800000", "spate topics alter orders --reset retention.ms")
        {
            name,
        });
        return verbs.Asking(verb, async call =>
        {
            await TopicLookup.DescribeAsync(call, [call.Get(name)]);
            await changes.ApplyAsync(call, ConfigResource.Topic(call.Get(name)));
        });
    }
}
