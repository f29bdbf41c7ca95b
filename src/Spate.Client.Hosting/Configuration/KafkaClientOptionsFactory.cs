using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Spate.Client.Hosting.Configuration;

/// <summary>Makes immutable options by steps, where those of the runtime would be filled in place.</summary>
internal sealed class KafkaClientOptionsFactory(IServiceProvider services, IEnumerable<KafkaClientOptionsStep> steps) : IOptionsFactory<KafkaClientOptions>
{
    public KafkaClientOptions Create(string name)
    {
        var options = new KafkaClientOptions
        {
            BootstrapServers = "",
            LoggerFactory = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System,
        };
        foreach (var step in steps.Where(step => step.Name == name))
        {
            options = step.Change(options, services);
        }

        return options;
    }
}
