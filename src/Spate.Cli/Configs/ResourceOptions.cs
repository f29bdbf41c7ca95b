using System.CommandLine;
using Spate.Cli.Clusters;
using Spate.Cli.Grammar;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Administration;

namespace Spate.Cli.Configs;

/// <summary>The options that say whose settings are meant: one of them, once.</summary>
internal sealed class ResourceOptions
{
    private readonly Option<string?> _topic = new("--topic") { Description = "The settings of a topic.", HelpName = "name" };
    private readonly Option<int?> _broker = new("--broker") { Description = "The settings of a broker.", HelpName = "id" };
    private readonly Option<bool> _brokers = new("--brokers") { Description = "The settings that hold for all brokers." };
    private readonly Option<int?> _loggers = new("--loggers") { Description = "The levels of a broker's loggers.", HelpName = "id" };
    private readonly Option<string?> _group = new("--group") { Description = "The settings of a group.", HelpName = "name" };
    private readonly Option<string?> _metrics = new("--client-metrics") { Description = "The settings of a subscription to metrics of clients.", HelpName = "name" };

    public Verb AddTo(Verb verb)
    {
        Option[] all = [_topic, _broker, _brokers, _loggers, _group, _metrics];
        foreach (var option in all)
        {
            verb.Add(option);
        }

        verb.Validators.Add(result =>
        {
            if (all.Count(option => result.GetResult(option) is { Implicit: false }) != 1)
            {
                result.AddError($"Say whose settings, by one of {string.Join(", ", all.Select(static option => option.Name))}.");
            }
        });
        return verb;
    }

    /// <summary>Whose settings are meant.</summary>
    /// <exception cref="CommandException">A topic or a broker that is not there.</exception>
    public async Task<ConfigResource> FindAsync(ClusterCall call)
    {
        if (call.Get(_topic) is { } topic)
        {
            await TopicLookup.DescribeAsync(call, [topic]);
        }
        else if ((call.Get(_broker) ?? call.Get(_loggers)) is { } broker)
        {
            await BrokerLookup.CheckAsync(call, [broker]);
        }

        return Of(call);
    }

    private ConfigResource Of(ClusterCall call) =>
        call.Get(_topic) is { } topic ? ConfigResource.Topic(topic)
        : call.Get(_broker) is { } broker ? ConfigResource.Broker(broker)
        : call.Get(_loggers) is { } loggers ? ConfigResource.BrokerLogger(loggers)
        : call.Get(_group) is { } group ? ConfigResource.Group(group)
        : call.Get(_metrics) is { } metrics ? ConfigResource.ClientMetrics(metrics)
        : ConfigResource.Broker();
}
